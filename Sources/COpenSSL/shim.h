// OpenSSL 3 without what it calls deprecated, and what Swift cannot import of it: variadic functions and
// function-like macros.
#pragma once

#define OPENSSL_API_COMPAT 30000
#define OPENSSL_NO_DEPRECATED

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/buffer.h>
#include <openssl/cms.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ec.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

/// `EVP_PKEY_Q_keygen` is variadic.
static inline EVP_PKEY *gathering_generate_ed25519(void) {
    return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
}

/// `EVP_PKEY_Q_keygen` is variadic.
static inline EVP_PKEY *gathering_generate_p256(void) {
    return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
}

/// Parameters hold on to their names, which Swift's strings give for the time of a call only.
static inline int gathering_start_hmac_sha256(EVP_MAC_CTX *context, const unsigned char *key, size_t count) {
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0),
        OSSL_PARAM_construct_end(),
    };
    return EVP_MAC_init(context, key, count, parameters);
}

/// `BIO_get_mem_data` is a macro.
static inline long gathering_memory(BIO *bio, char **data) {
    return BIO_get_mem_data(bio, data);
}

/// `BIO_set_mem_buf` is a macro. The BIO owns the buffer from then on.
static inline long gathering_set_memory(BIO *bio, BUF_MEM *buffer) {
    return BIO_set_mem_buf(bio, buffer, BIO_CLOSE);
}

/// `sk_GENERAL_NAME_new_null` is a macro.
static inline GENERAL_NAMES *gathering_names_new(void) {
    return sk_GENERAL_NAME_new_null();
}

/// `sk_GENERAL_NAME_push` is a macro.
static inline int gathering_names_push(GENERAL_NAMES *names, GENERAL_NAME *name) {
    return sk_GENERAL_NAME_push(names, name);
}

/// `sk_GENERAL_NAME_num` is a macro.
static inline int gathering_names_count(const GENERAL_NAMES *names) {
    return sk_GENERAL_NAME_num(names);
}

/// `sk_GENERAL_NAME_value` is a macro.
static inline const GENERAL_NAME *gathering_names_at(const GENERAL_NAMES *names, int index) {
    return sk_GENERAL_NAME_value(names, index);
}

/// Whether an envelope names the certificate's key as one that can open it; `sk_…` are macros.
static inline int gathering_is_recipient(CMS_ContentInfo *envelope, X509 *certificate) {
    STACK_OF(CMS_RecipientInfo) *recipients = CMS_get0_RecipientInfos(envelope);
    for (int i = 0; i < sk_CMS_RecipientInfo_num(recipients); i++) {
        CMS_RecipientInfo *recipient = sk_CMS_RecipientInfo_value(recipients, i);
        if (CMS_RecipientInfo_type(recipient) != CMS_RECIPINFO_AGREE) continue;
        STACK_OF(CMS_RecipientEncryptedKey) *keys = CMS_RecipientInfo_kari_get0_reks(recipient);
        for (int j = 0; j < sk_CMS_RecipientEncryptedKey_num(keys); j++) {
            if (CMS_RecipientEncryptedKey_cert_cmp(sk_CMS_RecipientEncryptedKey_value(keys, j), certificate) == 0)
                return 1;
        }
    }
    return 0;
}
