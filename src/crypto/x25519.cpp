#include "crypto/x25519.hpp"

#include <openssl/core_names.h>

#include "crypto/openssl.hpp"

namespace hearsay::crypto {
namespace {

// With its public half given, OpenSSL does not compute it.
openssl::Pkey private_key(const base::Secret& secret, const base::MailboxKey& public_key) {
    const openssl::PkeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "X25519", nullptr));
    ENSURE(context && EVP_PKEY_fromdata_init(context.get()) == 1, "OpenSSL makes no X25519 keys");
    base::Secret ours = secret;
    base::MailboxKey theirs = public_key;
    const openssl::Cleanse cleanse(ours.data);
    std::array<OSSL_PARAM, 3> parts{
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PRIV_KEY, ours.data.data(), ours.size),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, theirs.data.data(), theirs.size),
        OSSL_PARAM_construct_end()};
    EVP_PKEY* key = nullptr;
    ENSURE(EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, parts.data()) == 1,
           "OpenSSL refuses an X25519 secret");
    return openssl::Pkey(key);
}

}  // namespace

base::MailboxKey x25519_public_key(const base::Secret& secret) {
    const openssl::Pkey key(
        EVP_PKEY_new_raw_private_key_ex(nullptr, "X25519", nullptr, secret.data.data(), secret.size));
    ENSURE(key, "OpenSSL refuses an X25519 secret");
    base::MailboxKey out;
    std::size_t size = out.size;
    ENSURE(EVP_PKEY_get_raw_public_key(key.get(), out.data.data(), &size) == 1 && size == out.size,
           "OpenSSL gives no X25519 public key");
    return out;
}

X25519Peer::X25519Peer(const base::MailboxKey& key)
    : key_(EVP_PKEY_new_raw_public_key_ex(nullptr, "X25519", nullptr, key.data.data(), key.size),
           EVP_PKEY_free) {
    ENSURE(key_, "OpenSSL refuses 32 bytes as an X25519 key");
}

X25519Key::X25519Key(const base::Secret& secret, const base::MailboxKey& public_key)
    : public_key_(public_key) {
    const openssl::Pkey key = private_key(secret, public_key);
    started_ = {EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr), EVP_PKEY_CTX_free};
    ENSURE(started_ && EVP_PKEY_derive_init(started_.get()) == 1, "X25519 does not start");
}

std::optional<base::Secret> X25519Key::agree(const X25519Peer& peer) const {
    const openssl::QuietErrors quiet;
    const openssl::PkeyContext context(EVP_PKEY_CTX_dup(started_.get()));
    ENSURE(context, "X25519 does not start");
    ENSURE(EVP_PKEY_derive_set_peer_ex(context.get(), peer.key_.get(), 0) == 1,
           "X25519 does not take a peer");
    base::Secret out;
    std::size_t size = out.size;
    // Fails for the points of small order, whose result is all zero (RFC 7748 section 6.1).
    if (EVP_PKEY_derive(context.get(), out.data.data(), &size) != 1 || out.is_zero()) return std::nullopt;
    ENSURE(size == out.size, "an X25519 result of another size");
    return out;
}

// The public key that is given in place of the secret's is never looked at.
std::optional<base::Secret> x25519(const base::Secret& secret, const base::MailboxKey& peer) {
    return X25519Key(secret, peer).agree(X25519Peer(peer));
}

}  // namespace hearsay::crypto
