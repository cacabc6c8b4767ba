// crypto/x25519.hpp - Diffie-Hellman (RFC 7748). All-zero results are refused.
#pragma once

#include <optional>

#include "base/ids.hpp"

namespace hearsay::crypto {

base::MailboxKey x25519_public_key(const base::Secret& secret);
std::optional<base::Secret> x25519(const base::Secret& secret, const base::MailboxKey& peer);

}  // namespace hearsay::crypto
