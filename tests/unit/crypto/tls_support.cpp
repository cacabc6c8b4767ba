#include "tls_support.hpp"

#include <string>

#include <openssl/core_names.h>
#include <openssl/param_build.h>

namespace hearsay::crypto::test {
namespace {

void show(SSL_CTX* context, const Shown& shown) {
    ENSURE(SSL_CTX_use_certificate(context, shown.certificate.get()) == 1,
           "a test certificate is refused");
    ENSURE(SSL_CTX_use_PrivateKey(context, shown.key.get()) == 1, "a test key is refused");
    if (shown.further)
        ENSURE(SSL_CTX_add1_chain_cert(context, shown.further.get()) == 1,
               "a test chain is refused");
}
int accept_all(X509_STORE_CTX*, void*) {
    return 1;
}
int accept_first_protocol(SSL*, const unsigned char** chosen, unsigned char* size,
                          const unsigned char* offered, unsigned int, void*) {
    *chosen = offered + 1;
    *size = offered[0];
    return SSL_TLSEXT_ERR_OK;
}
TlsContext foreign(const SSL_METHOD* method) {
    TlsContext out(SSL_CTX_new(method));
    ENSURE(out, "out of memory");
    SSL_CTX_set_verify(out.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_cert_verify_callback(out.get(), accept_all, nullptr);
    return out;
}
void set_name(X509_NAME* name, const char* text, std::size_t copies) {
    for (std::size_t i = 0; i < copies; ++i)
        ENSURE(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                          reinterpret_cast<const unsigned char*>(text), -1, -1,
                                          0) == 1,
               "a test name is refused");
}

}  // namespace

TlsContext foreign_server(const Shown& shown, Alpn alpn) {
    TlsContext out = foreign(TLS_server_method());
    show(out.get(), shown);
    if (alpn != Alpn::absent) SSL_CTX_set_alpn_select_cb(out.get(), accept_first_protocol, nullptr);
    return out;
}

TlsContext foreign_client(const Shown* shown, Alpn alpn) {
    TlsContext out = foreign(TLS_client_method());
    if (shown) show(out.get(), *shown);
    const base::ByteView offer =
        base::as_bytes(alpn == Alpn::ours ? "\x09hearsay/1" : "\x08http/1.1");
    if (alpn != Alpn::absent)
        ENSURE(SSL_CTX_set_alpn_protos(out.get(), offer.data(),
                                       static_cast<unsigned>(offer.size())) == 0,
               "a test protocol is refused");
    return out;
}

Joined::Joined(SSL_CTX* client_context, SSL_CTX* server_context, Change change)
    : client_(SSL_new(client_context)),
      server_(SSL_new(server_context)),
      change_(std::move(change)) {
    BIO* client_side = nullptr;
    BIO* server_side = nullptr;
    ENSURE(client_ && server_ && BIO_new_bio_pair(&client_side, 0, &server_side, 0) == 1,
           "out of memory");
    SSL_set_bio(client_.get(), client_side, client_side);
    SSL_set_bio(server_.get(), server_side, server_side);
    SSL_set_connect_state(client_.get());
    SSL_set_accept_state(server_.get());
}

// The client's hello is taken out of the pair, changed, and put back for the server.
void Joined::pass_hello() {
    ENSURE(SSL_do_handshake(client_.get()) != 1, "a client is done by itself");
    BIO* const way = SSL_get_rbio(server_.get());
    base::Bytes hello(BIO_ctrl_pending(way));
    ENSURE(BIO_read(way, hello.data(), static_cast<int>(hello.size())) > 0, "no hello came");
    change_(hello);
    BIO* const read_first = BIO_new(BIO_s_mem());
    ENSURE(read_first && BIO_write(read_first, hello.data(), static_cast<int>(hello.size())) > 0,
           "out of memory");
    BIO_up_ref(way);
    SSL_set0_rbio(server_.get(), read_first);
    ERR_clear_error();
    SSL_do_handshake(server_.get());
    SSL_set0_rbio(server_.get(), way);
}

bool Joined::shake_hands() {
    if (change_) pass_hello();
    constexpr int rounds_max = 20;
    for (int round = 0; round < rounds_max; ++round) {
        for (SSL* end : {client_.get(), server_.get()}) {
            ERR_clear_error();
            const int result = SSL_do_handshake(end);
            if (result == 1) continue;
            const int why = SSL_get_error(end, result);
            if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) return false;
        }
        if (SSL_is_init_finished(client_.get()) && SSL_is_init_finished(server_.get()))
            return exchange();
    }
    return false;
}

// A TLS 1.3 client is done before the server has judged its certificate: only reading tells.
bool Joined::exchange() {
    for (auto [from, to] :
         {std::pair(server_.get(), client_.get()), std::pair(client_.get(), server_.get())}) {
        char byte = 'x';
        ERR_clear_error();
        if (SSL_write(from, &byte, 1) != 1) return false;
        // Session tickets of a foreign server come first, and reading tells of each (no
        // SSL_MODE_AUTO_RETRY).
        constexpr int reads_max = 4;
        int got = 0;
        for (int read = 0; read < reads_max && got != 1; ++read) {
            got = SSL_read(to, &byte, 1);
            if (got != 1 && SSL_get_error(to, got) != SSL_ERROR_WANT_READ) return false;
        }
        if (got != 1) return false;
    }
    return true;
}

openssl::Pkey p256_key() {
    openssl::Pkey out(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    ENSURE(out, "no P-256 key");
    return out;
}

openssl::Pkey ed25519_pkey(const base::Secret& seed) {
    return mismatched_key(seed, ed25519_public_key(seed));
}

openssl::Pkey mismatched_key(const base::Secret& seed, const Ed25519Key& claimed) {
    base::Secret secret = seed;
    Ed25519Key shown = claimed;
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PRIV_KEY, secret.data.data(),
                                          secret.size),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, shown.data.data(), shown.size),
        OSSL_PARAM_construct_end()};
    const openssl::PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "ED25519", nullptr));
    EVP_PKEY* raw = nullptr;
    ENSURE(context && EVP_PKEY_fromdata_init(context.get()) == 1 &&
               EVP_PKEY_fromdata(context.get(), &raw, EVP_PKEY_KEYPAIR, params) == 1,
           "OpenSSL does not take a mismatched pair");
    return openssl::Pkey(raw);
}

openssl::Certificate certificate_of(EVP_PKEY* key, EVP_PKEY* signer, long serial,
                                    const char* issuer, std::size_t subject_copies) {
    openssl::Certificate out(X509_new());
    ENSURE(out, "out of memory");
    X509_set_version(out.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(out.get()), serial);
    X509_gmtime_adj(X509_getm_notBefore(out.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(out.get()), 3600);
    set_name(X509_get_subject_name(out.get()), "hearsay", subject_copies);
    set_name(X509_get_issuer_name(out.get()), issuer, subject_copies);
    X509_set_pubkey(out.get(), key);
    const bool needs_digest = EVP_PKEY_get_id(signer) == EVP_PKEY_EC;
    ENSURE(X509_sign(out.get(), signer, needs_digest ? EVP_sha256() : nullptr) > 0,
           "a test certificate is unsigned");
    return out;
}

}  // namespace hearsay::crypto::test
