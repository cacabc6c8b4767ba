// crypto/ed25519.hpp - signatures (RFC 8032, pure Ed25519) and which keys are acceptable.
//
// Verification is the strict, cofactorless equation, so that every node and every second
// implementation agrees on every signature:
//   1. the key is a canonical encoding (y < 2^255 - 19, and x = 0 only with sign 0) and none of
//      the eight points of small order,
//   2. R is the same: canonical and not of small order; S < L,
//   3. the bytes of [S]B - [k]A equal R, k = SHA-512(R || A || message) reduced modulo L
//      (crypto/ed25519_equation.hpp).
// A and R may have a part of small order: the equation then decides alone.
// Keys of nodes must in addition lie in the prime-order subgroup
// (ed25519_key_is_torsion_free): an onion key plus a point of small order would be a second name
// for the same service.
#pragma once

#include "base/ids.hpp"

namespace hearsay::crypto {

struct SignatureTag;
using Signature = base::FixedBytes<64, SignatureTag>;
struct PublicKeyTag;
using Ed25519Key = base::FixedBytes<32, PublicKeyTag>;
struct ExpandedTag;
using Ed25519Expanded = base::FixedBytes<64, ExpandedTag>;

Ed25519Key ed25519_public_key(const base::Secret& seed);
// SHA-512 of the seed with the lower half clamped (RFC 8032 section 5.1.5): the form Tor stores.
Ed25519Expanded ed25519_expand(const base::Secret& seed);

Signature ed25519_sign(const base::Secret& seed, base::ByteView message);
bool ed25519_verify(base::ByteView public_key, base::ByteView message, base::ByteView signature);

// Canonical, on the curve's encoding range and not of small order. About 50 ns.
bool ed25519_key_is_acceptable(base::ByteView public_key);
// On the curve and of prime order: [L]A is the neutral element. About a millisecond; for links
// and addresses, not for every item.
bool ed25519_key_is_torsion_free(base::ByteView public_key);

}  // namespace hearsay::crypto
