#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include "include/CSimdjson.h"

/// Behind the last text: four bytes of length, the text, a NUL.
static size_t end_of_texts(const uint64_t *tape, size_t words, const uint8_t *texts) {
    size_t last = 0;
    bool found = false;
    for (size_t place = 1; place < words; place++) {
        switch (tape[place] >> 56) {
        case '"':
            last = tape[place] & 0x00FFFFFFFFFFFFFF;
            found = true;
            break;
        // Numbers have a second word.
        case 'l':
        case 'u':
        case 'd': place++; break;
        }
    }
    if (!found) return 0;
    uint32_t length;
    std::memcpy(&length, texts + last, sizeof length);
    return last + sizeof length + length;
}

enum gathering_json_fault gathering_json_read(
    const uint8_t *text, size_t length, size_t depth, gathering_json_taker take, void *context) {
    simdjson::dom::parser parser;
    if (parser.allocate(length, depth) != simdjson::SUCCESS) return GATHERING_JSON_NO_MEMORY;
    // The text is copied: what reads it looks a little beyond its end.
    const auto result = parser.parse(text, length, true);
    switch (result.error()) {
    case simdjson::SUCCESS: {
        const uint64_t *tape = parser.doc.tape.get();
        const uint8_t *texts = parser.doc.string_buf.get();
        // The first word leads behind the last one.
        const size_t words = tape[0] & 0x00FFFFFFFFFFFFFF;
        take(context, tape, words, texts, end_of_texts(tape, words, texts));
        return GATHERING_JSON_FINE;
    }
    case simdjson::UTF8_ERROR: return GATHERING_JSON_BAD_UTF8;
    case simdjson::DEPTH_ERROR: return GATHERING_JSON_TOO_DEEP;
    case simdjson::NUMBER_ERROR: return GATHERING_JSON_BAD_NUMBER;
    case simdjson::MEMALLOC:
    case simdjson::CAPACITY: return GATHERING_JSON_NO_MEMORY;
    default: return GATHERING_JSON_NO_JSON;
    }
}
