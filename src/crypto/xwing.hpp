// crypto/xwing.hpp - X-Wing (draft-connolly-cfrg-xwing-kem): a key encapsulation of ML-KEM-768
// (FIPS 203) and X25519 that is secret as long as one of the two is. In HPKE it is KEM 0x647a.
//
//   seed            32 bytes; SHAKE256 makes of it ML-KEM's seeds d and z and the X25519 secret
//   public key      1,216 bytes: ML-KEM's 1,184, then X25519's 32
//   encapsulation   1,120 bytes: ML-KEM's ciphertext of 1,088, then an X25519 key of 32
//   shared secret   SHA3-256(ML-KEM's secret || X25519's || that key || X25519 public key || label)
//
// Beyond the draft we refuse X25519 points of small order, in keys and in
// encapsulations: what nobody makes by accident is nobody's (docs/protocol.md, "Mail").
// Checked against the vectors of both drafts.
#pragma once

#include <optional>

#include "base/ids.hpp"
#include "crypto/ml_kem.hpp"
#include "crypto/x25519.hpp"

namespace hearsay::crypto {

struct EncapsulationTag;
using Encapsulation = base::FixedBytes<1120, EncapsulationTag>;

struct EncapsulationSeedTag;
// Fresh random bytes for one encapsulation: 32 for ML-KEM, then the ephemeral X25519 secret.
using EncapsulationSeed = base::FixedBytes<64, EncapsulationSeedTag>;

struct Encapsulated {
    Encapsulation encapsulation;
    base::Secret ml_kem;  // ML-KEM's secret alone
    base::Secret shared;  // X-Wing's
};
// Nothing if the key is unusable: a coefficient of ML-KEM's key is not reduced, or X25519's is of
// small order.
std::optional<Encapsulated> xwing_encapsulate(const base::MailboxKey& recipient,
                                              const EncapsulationSeed& seed);
bool xwing_is_usable(const base::MailboxKey& key);

// A private key, expanded: making one from its seed costs four decapsulations. Thread-safe, and
// wiped at its end.
class XWingKey {
public:
    explicit XWingKey(const base::Secret& seed);
    ~XWingKey();
    XWingKey(const XWingKey&) = delete;
    XWingKey& operator=(const XWingKey&) = delete;

    const base::MailboxKey& public_key() const { return public_key_; }
    // One decapsulation of ML-KEM, in a time that does not depend on the result. Who did not
    // encapsulate to this key gets 32 bytes that look random (FIPS 203, implicit rejection).
    base::Secret ml_kem_secret(const Encapsulation& encapsulation) const;
    // X-Wing's. Nothing if the encapsulation's X25519 key is of small order.
    std::optional<base::Secret> shared_secret(const Encapsulation& encapsulation) const;

private:
    MlKemKey ml_kem_;
    base::Secret x25519_secret_;
    base::MailboxKey public_key_;
};

}  // namespace hearsay::crypto
