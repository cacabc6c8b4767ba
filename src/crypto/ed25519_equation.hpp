// crypto/ed25519_equation.hpp - rule 3 of ed25519.hpp, by either of two libraries;
// private to this room and its tests.
//
// libsodium decides the same equation in half of OpenSSL 3.0's time, and verifying is what a node
// does most (docs/decisions/0007). But only versions that compare the encodings of R do; a later
// libsodium that multiplies by the cofactor would accept what other nodes refuse. So before its
// first use it is asked about a signature that tells the two apart, and if it answers wrongly
// OpenSSL does the work. Callers have checked the shape:
// the libraries' own opinions about encodings are never reached.
#pragma once

#include "base/bytes.hpp"

namespace hearsay::crypto {

// Rules 1 and 2: sizes, canonical encodings, no small order, S < L.
bool ed25519_shape_is_right(base::ByteView public_key, base::ByteView signature);

bool ed25519_equation_holds(base::ByteView public_key, base::ByteView message,
                            base::ByteView signature);
bool equation_by_openssl(base::ByteView public_key, base::ByteView message,
                         base::ByteView signature);
bool equation_by_sodium(base::ByteView public_key, base::ByteView message,
                        base::ByteView signature);
// Whether libsodium decides it as it is written.
bool sodium_is_cofactorless();

}  // namespace hearsay::crypto
