// crypto/openssl.hpp - internal to this room: owners for OpenSSL's objects, and its algorithms.
//
// Algorithms are fetched once for the whole process (a fetch by name takes locks and costs more
// than hashing a header) and are never freed: threads may still use them while static objects are
// being destroyed. A call that fails only when memory is exhausted or when we passed nonsense is a
// bug or the end: ENSURE.
#pragma once

#include <memory>

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/bytes.hpp"
#include "base/ensure.hpp"

namespace hearsay::crypto::openssl {

template <auto free_it>
struct Free {
    template <class T>
    void operator()(T* object) const {
        free_it(object);
    }
};
using Pkey = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using PkeyContext = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
// cleanses its key
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Free<EVP_CIPHER_CTX_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Number = std::unique_ptr<BIGNUM, Free<BN_free>>;
using NumberContext = std::unique_ptr<BN_CTX, Free<BN_CTX_free>>;
using Montgomery = std::unique_ptr<BN_MONT_CTX, Free<BN_MONT_CTX_free>>;

// The named digest and cipher, or the end of the process: without them nothing of ours can run.
inline EVP_MD* fetch_digest(const char* name) {
    EVP_MD* digest = EVP_MD_fetch(nullptr, name, nullptr);
    ENSURE(digest, "OpenSSL lacks a digest of ours");
    return digest;
}
inline EVP_CIPHER* fetch_cipher(const char* name) {
    EVP_CIPHER* cipher = EVP_CIPHER_fetch(nullptr, name, nullptr);
    ENSURE(cipher, "OpenSSL lacks a cipher of ours");
    return cipher;
}

// The calling thread's digest context, free for one hash at a time.
inline EVP_MD_CTX* thread_digest_context() {
    thread_local const DigestContext context(EVP_MD_CTX_new());
    ENSURE(context, "out of memory");
    return context.get();
}

// Overwrites a secret in local memory when it goes out of scope, whichever way.
class Cleanse {
public:
    explicit Cleanse(std::span<std::uint8_t> secret) : secret_(secret) {}
    ~Cleanse() { OPENSSL_cleanse(secret_.data(), secret_.size()); }
    Cleanse(const Cleanse&) = delete;
    Cleanse& operator=(const Cleanse&) = delete;

private:
    std::span<std::uint8_t> secret_;
};

// What a refused signature leaves in the thread's error queue would later be read by SSL_get_error
// as the failure of a healthy link: take it away again.
class QuietErrors {
public:
    QuietErrors() { ERR_set_mark(); }
    ~QuietErrors() { ERR_pop_to_mark(); }
    QuietErrors(const QuietErrors&) = delete;
    QuietErrors& operator=(const QuietErrors&) = delete;
};

}  // namespace hearsay::crypto::openssl
