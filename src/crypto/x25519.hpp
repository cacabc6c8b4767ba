// crypto/x25519.hpp - X25519 (RFC 7748).
#pragma once

#include <memory>
#include <optional>

#include "base/ids.hpp"

struct evp_pkey_st;
struct evp_pkey_ctx_st;

namespace hearsay::crypto {

base::MailboxKey x25519_public_key(const base::Secret& secret);
// Nothing if the peer's key is of small order (section 6.1: the result would be all zero).
std::optional<base::Secret> x25519(const base::Secret& secret, const base::MailboxKey& peer);

// The same with both sides made ready once, for who tries many keys on many messages: making an OpenSSL key of a bare
// secret computes its public key, which costs more than the agreement itself. Both are thread-safe; the memory that
// holds the secret is wiped when it is freed.
class X25519Peer {
public:
    explicit X25519Peer(const base::MailboxKey& key);

private:
    friend class X25519Key;
    std::shared_ptr<evp_pkey_st> key_;
};
class X25519Key {
public:
    // `public_key` is the secret's, and not looked at: an agreement does not need it.
    X25519Key(const base::Secret& secret, const base::MailboxKey& public_key);
    const base::MailboxKey& public_key() const { return public_key_; }
    std::optional<base::Secret> agree(const X25519Peer& peer) const;  // as x25519()

private:
    base::MailboxKey public_key_;
    std::shared_ptr<evp_pkey_ctx_st> started_;  // copied for each agreement
};

}  // namespace hearsay::crypto
