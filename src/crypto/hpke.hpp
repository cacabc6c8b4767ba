// crypto/hpke.hpp - HPKE (RFC 9180), base mode, single shot:
// DHKEM(X25519, HKDF-SHA256) = 0x0020, HKDF-SHA256 = 0x0001, ChaCha20-Poly1305 = 0x0003.
//
// Checked against the vectors of RFC 9180 appendix A.2.1.
#pragma once

#include <optional>

#include "base/ids.hpp"
#include "crypto/x25519.hpp"

namespace hearsay::crypto {

struct EncapsulatedTag;
using EncapsulatedKey = base::FixedBytes<32, EncapsulatedTag>;

// A sender's half: the header that is sealed along must name the encapsulated key, so it is
// known before sealing. Seals once.
class HpkeSender {
public:
    // `ephemeral_ikm` is 32 fresh random bytes (DeriveKeyPair, section 7.1.3). Nothing if the
    // recipient's key is of small order.
    static std::optional<HpkeSender> setup(const base::MailboxKey& recipient, base::ByteView info,
                                           const base::Secret& ephemeral_ikm);
    const EncapsulatedKey& encapsulated_key() const { return encapsulated_; }
    base::Bytes seal(base::ByteView associated, base::ByteView plain) &&;

private:
    HpkeSender() = default;
    EncapsulatedKey encapsulated_;
    base::Secret key_;
    std::array<std::uint8_t, 12> base_nonce_{};
};

// A sealed message that is tried with many keys: what does not depend on the key is done once.
// Thread-safe; what the views show must outlive it.
class HpkeSealed {
public:
    HpkeSealed(const EncapsulatedKey& encapsulated, base::ByteView info, base::ByteView associated,
               base::ByteView sealed);
    // Nothing if it is not for this recipient or was altered. Costs one X25519 and a tenth.
    std::optional<base::Bytes> open(const X25519Key& recipient) const;

private:
    EncapsulatedKey encapsulated_;
    base::Bytes context_;  // of the key schedule
    base::ByteView associated_;
    base::ByteView sealed_;
};

// Once with one key; without the recipient's public key that is computed,
// which costs another X25519.
std::optional<base::Bytes> hpke_open(const base::Secret& recipient_secret,
                                     const base::MailboxKey& recipient,
                                     const EncapsulatedKey& encapsulated, base::ByteView info,
                                     base::ByteView associated, base::ByteView sealed);
std::optional<base::Bytes> hpke_open(const base::Secret& recipient_secret,
                                     const EncapsulatedKey& encapsulated, base::ByteView info,
                                     base::ByteView associated, base::ByteView sealed);

}  // namespace hearsay::crypto
