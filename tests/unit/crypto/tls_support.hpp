// Two ends of a TLS link in one process, and ends that break our rules.
#pragma once

#include <functional>
#include <memory>

#include <openssl/ssl.h>

#include "crypto/certificate.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/openssl.hpp"

namespace hearsay::crypto::test {

using Tls = std::unique_ptr<SSL, openssl::Free<SSL_free>>;
// What an end shows: nothing, or a key with its certificate and perhaps further ones.
struct Shown {
    openssl::Pkey key;
    openssl::Certificate certificate;
    openssl::Certificate further;
};
enum class Alpn { ours, foreign, absent };

// Ends of another make: they show what they are told, and take any TLS from 1.2 on.
TlsContext foreign_server(const Shown& shown, Alpn alpn = Alpn::ours);
TlsContext foreign_client(const Shown* shown, Alpn alpn = Alpn::ours);

// A client and a server joined in memory.
class Joined {
public:
    // `change`: what somebody on the way makes of the client's first bytes.
    using Change = std::function<void(base::Bytes&)>;
    Joined(SSL_CTX* client_context, SSL_CTX* server_context, Change change = {});
    bool shake_hands();  // both ends are done; false if either failed
    // Sends a byte each way and has both ends read it, so that whatever follows a handshake is read
    // too.
    bool exchange();
    SSL* client() const { return client_.get(); }
    SSL* server() const { return server_.get(); }

private:
    void pass_hello();
    Tls client_;
    Tls server_;
    Change change_;
};

openssl::Pkey p256_key();
openssl::Pkey ed25519_pkey(const base::Secret& seed);
// A pair that signs with the seed and claims the given public key.
openssl::Pkey mismatched_key(const base::Secret& seed, const Ed25519Key& claimed);
// Signed by `signer` and naming it as issuer if that is another name; key may be anything.
openssl::Certificate certificate_of(EVP_PKEY* key, EVP_PKEY* signer, long serial = 1,
                                    const char* issuer = "hearsay", std::size_t subject_copies = 1);

}  // namespace hearsay::crypto::test
