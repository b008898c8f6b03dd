// What Swift cannot import from libcurl: its variadic functions, one shim for each type of argument in use.
#pragma once

#define CURL_DISABLE_TYPECHECK 1
#include <curl/curl.h>
#include <string.h>
#include <sys/socket.h>

/// `curl_easy_setopt` is variadic: options that take a number.
static inline CURLcode gathering_curl_set_number(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

/// `curl_easy_setopt` is variadic: options that take a size or a file offset.
static inline CURLcode gathering_curl_set_size(CURL *easy, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(easy, option, value);
}

/// `curl_easy_setopt` is variadic: options that take a text, which libcurl copies.
static inline CURLcode gathering_curl_set_text(CURL *easy, CURLoption option, const char *_Nullable value) {
    return curl_easy_setopt(easy, option, value);
}

/// `curl_easy_setopt` is variadic: options that take a pointer, which must outlive the transfer
/// (`CURLOPT_COPYPOSTFIELDS` and blobs excepted, which libcurl copies).
static inline CURLcode gathering_curl_set_pointer(CURL *easy, CURLoption option, const void *_Nullable value) {
    return curl_easy_setopt(easy, option, value);
}

/// `curl_easy_setopt` is variadic: `CURLOPT_WRITEFUNCTION` and `CURLOPT_HEADERFUNCTION`.
static inline CURLcode gathering_curl_set_writer(
    CURL *easy, CURLoption option, size_t (*function)(char *, size_t, size_t, void *)) {
    return curl_easy_setopt(easy, option, function);
}

/// `curl_easy_setopt` is variadic: `CURLOPT_OPENSOCKETFUNCTION`.
static inline CURLcode gathering_curl_set_socket_opener(
    CURL *easy, curl_socket_t (*function)(void *, curlsocktype, struct curl_sockaddr *)) {
    return curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, function);
}

/// `curl_easy_getinfo` is variadic: `CURLINFO_LONG` members.
static inline CURLcode gathering_curl_get_number(CURL *easy, CURLINFO info, long *value) {
    return curl_easy_getinfo(easy, info, value);
}

/// `curl_easy_getinfo` is variadic: `CURLINFO_OFF_T` members.
static inline CURLcode gathering_curl_get_size(CURL *easy, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(easy, info, value);
}

/// `curl_easy_getinfo` is variadic: `CURLINFO_STRING` members; the text belongs to libcurl.
static inline CURLcode gathering_curl_get_text(CURL *easy, CURLINFO info, const char *_Nullable *_Nonnull value) {
    return curl_easy_getinfo(easy, info, value);
}

/// `curl_easy_getinfo` is variadic: `CURLINFO_CERTINFO`. The certificate of this number in PEM, as the server showed it; null
/// behind the last one. libcurl lists a line of text for each part of each certificate; the whole one is `Cert:` and its PEM form.
static inline const char *_Nullable gathering_curl_get_certificate(CURL *easy, int number) {
    struct curl_certinfo *found = 0;
    if (curl_easy_getinfo(easy, CURLINFO_CERTINFO, &found) != CURLE_OK || !found || number >= found->num_of_certs) return 0;
    for (const struct curl_slist *line = found->certinfo[number]; line; line = line->next) {
        if (line->data && strncmp(line->data, "Cert:", 5) == 0) return line->data + 5;
    }
    return "";
}

/// `curl_multi_setopt` is variadic.
static inline CURLMcode gathering_curl_multi_set_number(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

/// The result inside a message is a member of a union.
static inline CURLcode gathering_curl_message_result(const CURLMsg *message) { return message->data.result; }
