#include <cstring>
#include <string>

#include <openssl/ssl.h>

#include "base/guard.hpp"
#include "crypto/x509.hpp"

namespace hearsay::crypto {
namespace {

constexpr std::string_view protocol = "hearsay/1";
constexpr std::string_view protocol_list = "\x09hearsay/1";  // as ALPN spells it: length, name
static_assert(protocol_list.size() == protocol.size() + 1 && protocol_list[0] == protocol.size());
// Both ends use one small set, so that a hello tells nothing about the build that sent it.
constexpr const char* cipher_suites = "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256";
// X25519 and ML-KEM-768 together (draft-ietf-tls-ecdhe-mlkem): what is recorded today stays closed
// to who breaks one of the two later. X25519 alone is for ends that know nothing else. The slash
// makes our server ask for the first if a client knows it and brought no key for it. The stars make
// our client bring keys for both, so that no end has to ask, which costs a round trip through Tor.
constexpr const char* groups = "*X25519MLKEM768/*X25519";
// Our own key signs with Ed25519. P-256, which every TLS 1.3 implementation has (RFC 8446 section
// 9.1), is let through the handshake only so that peer_key() can say what is wrong: with Ed25519
// alone here, a client with such a certificate would be told to send none and would pass for an
// anonymous one.
constexpr const char* signature_algorithms = "ed25519:ECDSA+SHA256";
// More than peer_key() accepts, so that it can say so, and far less than OpenSSL's 100 KiB.
constexpr std::uint32_t chain_bytes_max = 8 * 1024;

// Trust in X.509's sense decides nothing here, and leaving it out keeps hostile chains away from
// that code. TLS itself still demands that whoever shows a certificate signs the handshake with the
// key of its first one (CertificateVerify, RFC 8446 section 4.4.3); peer_key() judges that key.
int accept_any_chain(X509_STORE_CTX* verification, void*) {
    return base::guarded("TLS", [&] {
        X509_STORE_CTX_set_error(verification, X509_V_OK);
        return 1;
    });
}

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned int offered_size, void*) {
    return base::guarded("TLS", [&] {
        const base::ByteView ours = base::as_bytes(protocol_list);
        unsigned char* found = nullptr;
        if (SSL_select_next_proto(&found, chosen_size, ours.data(),
                                  static_cast<unsigned int>(ours.size()), offered,
                                  offered_size) != OPENSSL_NPN_NEGOTIATED)
            return SSL_TLSEXT_ERR_ALERT_FATAL;
        *chosen = found;
        return SSL_TLSEXT_ERR_OK;
    });
}

bool set_common(SSL_CTX* context) {
    SSL_CTX_set_options(context,
                        SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);  // an idle link holds no record buffers
    // Otherwise one SSL_read() goes on for as long as messages of TLS itself come, of which RFC
    // 8446 section 4.6.3 bounds neither number nor pace, and the other links wait.
    SSL_CTX_clear_mode(context, SSL_MODE_AUTO_RETRY);
    SSL_CTX_set_max_cert_list(context, chain_bytes_max);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_cert_verify_callback(context, accept_any_chain, nullptr);
    return SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1 &&
           SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1 &&
           SSL_CTX_set_ciphersuites(context, cipher_suites) == 1 &&
           SSL_CTX_set1_groups_list(context, groups) == 1 &&
           SSL_CTX_set1_sigalgs_list(context, signature_algorithms) == 1 &&
           SSL_CTX_set_max_early_data(context, 0) == 1;
}

bool show_certificate(SSL_CTX* context, const base::Secret& seed) {
    const openssl::Pkey key = openssl::link_key(seed);
    const openssl::Certificate certificate = openssl::make_certificate(key.get());
    return SSL_CTX_use_certificate(context, certificate.get()) == 1 &&
           SSL_CTX_use_PrivateKey(context, key.get()) == 1 &&
           SSL_CTX_check_private_key(context) == 1;
}

std::unexpected<base::Error> unavailable() {
    return base::fail(base::ErrorCode::unavailable,
                      "TLS 1.3 cannot be set up: " + tls_error_text());
}

bool speaks_hearsay(const SSL* tls) {
    const unsigned char* chosen = nullptr;
    unsigned int size = 0;
    SSL_get0_alpn_selected(tls, &chosen, &size);
    return base::equal({chosen, size}, base::as_bytes(protocol));
}

}  // namespace

void SslCtxFree::operator()(ssl_ctx_st* context) const {
    SSL_CTX_free(context);
}

base::Result<TlsContext> server_context(const base::Secret& onion_seed) {
    TlsContext context(SSL_CTX_new(TLS_server_method()));
    if (!context || !set_common(context.get()) || !show_certificate(context.get(), onion_seed) ||
        SSL_CTX_set_num_tickets(context.get(), 0) != 1)
        return unavailable();
    SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
    return context;
}

base::Result<TlsContext> client_context(const std::optional<base::Secret>& onion_seed) {
    TlsContext context(SSL_CTX_new(TLS_client_method()));
    if (!context || !set_common(context.get()) ||
        (onion_seed && !show_certificate(context.get(), *onion_seed)))
        return unavailable();
    const base::ByteView offer = base::as_bytes(protocol_list);
    if (SSL_CTX_set_alpn_protos(context.get(), offer.data(),
                                static_cast<unsigned int>(offer.size())) != 0)
        return unavailable();  // the one function here that says 0 when it worked
    return context;
}

std::expected<base::PeerId, PeerKeyProblem> peer_key(ssl_st* tls) {
    ENSURE(SSL_is_init_finished(tls), "a peer's key is asked for before its proof");
    if (!speaks_hearsay(tls)) return std::unexpected(PeerKeyProblem::no_alpn);
    X509* const certificate = SSL_get0_peer_certificate(tls);
    if (!certificate) return std::unexpected(PeerKeyProblem::none_shown);
    // A client sees the whole chain here, a server what came after the first certificate.
    const STACK_OF(X509)* const chain = SSL_get_peer_cert_chain(tls);
    const int expected = SSL_is_server(tls) ? 0 : 1;
    if ((chain ? sk_X509_num(chain) : 0) != expected)
        return std::unexpected(PeerKeyProblem::wrong_shape);
    return openssl::certificate_key(certificate);
}

std::string tls_error_text() {
    std::string out;
    while (const unsigned long code = ERR_get_error()) {
        if (!out.empty()) out += "; ";
        if (ERR_SYSTEM_ERROR(code)) {
            out += std::strerror(ERR_GET_REASON(code));
        } else if (const char* reason = ERR_reason_error_string(code)) {
            out += reason;
        } else {
            out += "OpenSSL error " + std::to_string(code);
        }
    }
    return out;
}

}  // namespace hearsay::crypto
