// crypto/ml_kem.hpp - ML-KEM-768 (FIPS 203), by OpenSSL. Half of X-Wing (crypto/xwing.hpp); nobody
// else uses it.
//
// Checked against Wycheproof's tests of ML-KEM-768.
#pragma once

#include <memory>
#include <optional>

#include "base/ids.hpp"

struct evp_pkey_st;

namespace hearsay::crypto {

struct MlKemSeedTag;
struct MlKemPublicTag;
struct MlKemCiphertextTag;
using MlKemSeed = base::FixedBytes<64, MlKemSeedTag>;  // d, then z
using MlKemPublic = base::FixedBytes<1184, MlKemPublicTag>;
using MlKemCiphertext = base::FixedBytes<1088, MlKemCiphertextTag>;

struct MlKemEncapsulated {
    MlKemCiphertext ciphertext;
    base::Secret secret;
};
// `message` is 32 fresh random bytes. Nothing if a coefficient of the key is not reduced (section
// 7.2).
std::optional<MlKemEncapsulated> ml_kem_encapsulate(const MlKemPublic& key,
                                                    const base::Secret& message);
bool ml_kem_is_usable(const MlKemPublic& key);

// A private key, expanded: making one of its seed costs four decapsulations. Thread-safe; OpenSSL
// wipes it at its end.
class MlKemKey {
public:
    explicit MlKemKey(const MlKemSeed& seed);
    const MlKemPublic& public_key() const { return public_key_; }
    // In a time that does not depend on the result. Of a ciphertext that was not made for this key
    // the secret is 32 bytes that look random, always the same (section 6.3, implicit rejection).
    base::Secret decapsulate(const MlKemCiphertext& ciphertext) const;

private:
    struct FreeKey {
        void operator()(evp_pkey_st* key) const;
    };
    std::unique_ptr<evp_pkey_st, FreeKey> key_;
    MlKemPublic public_key_;
};

}  // namespace hearsay::crypto
