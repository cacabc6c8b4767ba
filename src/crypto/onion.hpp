// crypto/onion.hpp - version 3 onion addresses (rend-spec-v3, "Encoding onion addresses"):
// base32(key || checksum || 0x03) + ".onion", checksum = first 2 bytes of
// SHA3-256(".onion checksum" || key || 0x03).
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/ids.hpp"

namespace hearsay::crypto {

std::string onion_address(const base::PeerId& peer);  // 56 letters and ".onion"
// With or without ".onion", either case, no port, no sub-domain. The key must be torsion-free.
// The error says what is wrong (length, letter, checksum, version, key).
base::Result<base::PeerId> parse_onion(std::string_view text);

}  // namespace hearsay::crypto
