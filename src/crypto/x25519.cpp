#include "crypto/x25519.hpp"

#include "crypto/openssl.hpp"

namespace hearsay::crypto {
namespace {

openssl::Pkey private_key(const base::Secret& secret) {
    openssl::Pkey key(
        EVP_PKEY_new_raw_private_key_ex(nullptr, "X25519", nullptr, secret.data.data(), secret.size));
    ENSURE(key, "OpenSSL refuses an X25519 secret");
    return key;
}

}  // namespace

base::MailboxKey x25519_public_key(const base::Secret& secret) {
    const openssl::Pkey key = private_key(secret);
    base::MailboxKey out;
    std::size_t size = out.size;
    ENSURE(EVP_PKEY_get_raw_public_key(key.get(), out.data.data(), &size) == 1 && size == out.size,
           "OpenSSL gives no X25519 public key");
    return out;
}

std::optional<base::Secret> x25519(const base::Secret& secret, const base::MailboxKey& peer) {
    const openssl::QuietErrors quiet;
    const openssl::Pkey ours = private_key(secret);
    const openssl::Pkey theirs(
        EVP_PKEY_new_raw_public_key_ex(nullptr, "X25519", nullptr, peer.data.data(), peer.size));
    ENSURE(theirs, "OpenSSL refuses 32 bytes as an X25519 key");
    const openssl::PkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, ours.get(), nullptr));
    ENSURE(context && EVP_PKEY_derive_init(context.get()) == 1, "X25519 does not start");
    ENSURE(EVP_PKEY_derive_set_peer_ex(context.get(), theirs.get(), 0) == 1, "X25519 does not take a peer");
    base::Secret out;
    std::size_t size = out.size;
    // Fails for the points of small order, whose result is all zero (RFC 7748 section 6.1).
    if (EVP_PKEY_derive(context.get(), out.data.data(), &size) != 1 || out.is_zero()) return std::nullopt;
    ENSURE(size == out.size, "an X25519 result of another size");
    return out;
}

}  // namespace hearsay::crypto
