#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What is wrong with a text.
enum gathering_json_fault {
    GATHERING_JSON_FINE = 0,
    GATHERING_JSON_NO_JSON,
    GATHERING_JSON_BAD_UTF8,
    GATHERING_JSON_TOO_DEEP,
    GATHERING_JSON_BAD_NUMBER,
    GATHERING_JSON_NO_MEMORY,
};

/// Takes what was read: the tape (https://github.com/simdjson/simdjson/blob/v3.0.1/doc/tape.md) and the bytes of all texts,
/// which are there until it returns.
typedef void (*gathering_json_taker)(void *context, const uint64_t *tape, size_t words, const uint8_t *texts, size_t bytes);

/// simdjson is C++: this calls it.
enum gathering_json_fault gathering_json_read(
    const uint8_t *text, size_t length, size_t depth, gathering_json_taker take, void *context);

#ifdef __cplusplus
}
#endif
