// crypto/x25519.hpp - X25519 (RFC 7748). libsodium multiplies,
// OpenSSL makes the keys (docs/decisions/0007).
#pragma once

#include <optional>

#include "base/ids.hpp"

namespace hearsay::crypto {

base::MailboxKey x25519_public_key(const base::Secret& secret);
// Nothing if the peer's key is of small order (section 6.1: the result would be all zero).
std::optional<base::Secret> x25519(const base::Secret& secret, const base::MailboxKey& peer);

// A secret key with its public half, for who tries many keys on many messages.
// Its memory is wiped at its end.
class X25519Key {
public:
    // `public_key` is the secret's, and not looked at: an agreement does not need it.
    X25519Key(const base::Secret& secret, const base::MailboxKey& public_key)
        : secret_(secret), public_key_(public_key) {}
    X25519Key(const X25519Key&) = default;
    X25519Key& operator=(const X25519Key&) = default;
    ~X25519Key();
    const base::MailboxKey& public_key() const { return public_key_; }
    std::optional<base::Secret> agree(const base::MailboxKey& peer) const;  // as x25519()

private:
    base::Secret secret_;
    base::MailboxKey public_key_;
};

}  // namespace hearsay::crypto
