// crypto/certificate.hpp - the self-signed certificate of a link and the TLS settings around it.
// docs/protocol.md, "Links"; why TLS at all: docs/design.md, "Links".
//
// A certificate says one thing, the Ed25519 key, and says it the same way for everybody:
// X.509 v3, serial 1, subject and issuer CN=hearsay, valid 2000-01-01 to 9999-12-31, no extensions.
// The same seed gives the same bytes, so that it identifies nothing but the key.
#pragma once

#include <memory>
#include <optional>

#include "base/error.hpp"
#include "base/ids.hpp"

struct ssl_ctx_st;
struct ssl_st;

namespace hearsay::crypto {

struct SslCtxFree {
    void operator()(ssl_ctx_st* context) const;
};
using TlsContext = std::unique_ptr<ssl_ctx_st, SslCtxFree>;

// TLS 1.3 only, ALPN "hearsay/1" required, no tickets, no resumption, no early data,
// no renegotiation, no compression. The peer's chain is one certificate whose key is read by
// peer_key(); nothing of X.509 trust is used. Key exchange is X25519MLKEM768, or X25519 with ends
// that know nothing else. Suites are ChaCha20-Poly1305 and AES-128-GCM, we sign with Ed25519. The
// handshake lets P-256 signatures through so that peer_key() can tell not_ed25519:
// a link must not be used before peer_key() has answered.
//
// server: shows our certificate and *asks* for the client's without requiring it.
base::Result<TlsContext> server_context(const base::Secret& onion_seed);
// client: listed shows our certificate; anonymous (no seed) shows none.
base::Result<TlsContext> client_context(const std::optional<base::Secret>& onion_seed);

enum class PeerKeyProblem {
    none_shown,    // no certificate: an anonymous peer
    not_ed25519,   // another key type
    unacceptable,  // small order, torsion or not canonical
    wrong_shape,   // more than one certificate, over 1 KiB, not self-signed
    no_alpn,       // the other side does not speak hearsay/1
};
// After the handshake: the key of the other side, proved by TLS's own signature.
std::expected<base::PeerId, PeerKeyProblem> peer_key(ssl_st* tls);
// OpenSSL's queued errors as one line, emptied.
std::string tls_error_text();

}  // namespace hearsay::crypto
