// crypto/x25519.hpp - X25519 (RFC 7748). libsodium multiplies, OpenSSL makes the keys
// (docs/decisions/0007).
#pragma once

#include <optional>

#include "base/ids.hpp"

namespace hearsay::crypto {

struct X25519Tag;
using X25519Public = base::FixedBytes<32, X25519Tag>;

X25519Public x25519_public_key(const base::Secret& secret);
// Nothing if the peer's key is of small order (section 6.1: the result would be all zero).
std::optional<base::Secret> x25519(const base::Secret& secret, const X25519Public& peer);

}  // namespace hearsay::crypto
