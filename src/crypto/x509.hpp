// crypto/x509.hpp - internal to this room: making a link's certificate and reading one.
//
// certificate_key() checks in this order, cheapest first:
//   1. at most 1 KiB of DER                    -> wrong_shape
//   2. an Ed25519 key                          -> not_ed25519
//   3. canonical and of prime order            -> unacceptable
//   4. subject = issuer and its own signature  -> wrong_shape
// Names and dates are not looked at: the key is all that a certificate says here.
#pragma once

#include "crypto/certificate.hpp"
#include "crypto/openssl.hpp"

namespace hearsay::crypto::openssl {

// The key pair of a seed, and the certificate that the header of certificate.hpp describes.
Pkey link_key(const base::Secret& seed);
Certificate make_certificate(EVP_PKEY* key);

std::expected<base::PeerId, PeerKeyProblem> certificate_key(X509* certificate);

}  // namespace hearsay::crypto::openssl
