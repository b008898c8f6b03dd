#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What is wrong with a text.
enum simdjson_fault {
    SIMDJSON_FINE = 0,
    SIMDJSON_NO_JSON,
    SIMDJSON_BAD_UTF8,
    SIMDJSON_TOO_DEEP,
    SIMDJSON_BAD_NUMBER,
    SIMDJSON_NO_MEMORY,
};

/// Takes what was read: the tape (https://github.com/simdjson/simdjson/blob/v3.0.1/doc/tape.md) and the bytes of all texts,
/// which are there until it returns.
typedef void (*simdjson_taker)(void *context, const uint64_t *tape, size_t words, const uint8_t *texts, size_t bytes);

/// simdjson is C++: this calls it.
enum simdjson_fault simdjson_read(const uint8_t *text, size_t length, size_t depth, simdjson_taker take, void *context);

#ifdef __cplusplus
}
#endif
