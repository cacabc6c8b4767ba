#include "crypto/x25519.hpp"

#include <sodium/core.h>
#include <sodium/crypto_scalarmult_curve25519.h>

#include "crypto/openssl.hpp"

namespace hearsay::crypto {

X25519Public x25519_public_key(const base::Secret& secret) {
    const openssl::Pkey key(EVP_PKEY_new_raw_private_key_ex(nullptr, "X25519", nullptr,
                                                            secret.data.data(), secret.size));
    ENSURE(key, "OpenSSL refuses an X25519 secret");
    X25519Public out;
    std::size_t size = out.size;
    ENSURE(EVP_PKEY_get_raw_public_key(key.get(), out.data.data(), &size) == 1 && size == out.size,
           "OpenSSL gives no X25519 public key");
    return out;
}

std::optional<base::Secret> x25519(const base::Secret& secret, const X25519Public& peer) {
    static const bool ready = sodium_init() >= 0;  // it chooses the fastest way for this processor
    ENSURE(ready, "libsodium does not start");
    base::Secret out;
    // Refuses the points of small order; they are looked for once more in what comes out.
    if (crypto_scalarmult_curve25519(out.data.data(), secret.data.data(), peer.data.data()) != 0 ||
        out.is_zero())
        return std::nullopt;
    return out;
}

}  // namespace hearsay::crypto
