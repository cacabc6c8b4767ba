// crypto/siphash.hpp - SipHash-2-4 (Aumasson and Bernstein, 2012):
// a keyed 64-bit hash of short inputs.
//
// For short names of many things, where whoever does not know the key must not find two that
// collide or fall together. 64 bits are no commitment: who knows the key finds collisions.
#pragma once

#include "base/bytes.hpp"

namespace hearsay::crypto {

struct SipKeyTag;
using SipKey = base::FixedBytes<16, SipKeyTag>;

std::uint64_t siphash(const SipKey& key, base::ByteView data);

}  // namespace hearsay::crypto
