// crypto/hpke.hpp - HPKE (RFC 9180), base mode, single shot: the KEM MLKEM768-X25519 = 0x647a
// (X-Wing, draft-ietf-hpke-pq), HKDF-SHA256 = 0x0001, ChaCha20-Poly1305 = 0x0003.
//
// Beside the encapsulation stands a tag, which is ours and not HPKE's: 8 bytes of a hash of
// ML-KEM's secret alone. Who tries a message with many keys computes the tag by one decapsulation
// a key, and opens only where it fits (docs/decisions/0024).
//
// Checked against the vector of draft-ietf-hpke-pq for this suite.
#pragma once

#include <optional>

#include "base/ids.hpp"
#include "crypto/xwing.hpp"

namespace hearsay::crypto {

struct HpkeTagTag;
using HpkeTag = base::FixedBytes<8, HpkeTagTag>;

// A sender's half: the header that is sealed along must name the encapsulation, so it is known
// before sealing. Seals once.
class HpkeSender {
public:
    // `seed` is fresh. Nothing if the recipient's key is unusable (xwing_is_usable()).
    static std::optional<HpkeSender> setup(const base::MailboxKey& recipient, base::ByteView info,
                                           const EncapsulationSeed& seed);
    const HpkeTag& tag() const { return tag_; }
    const Encapsulation& encapsulation() const { return encapsulation_; }
    base::Bytes seal(base::ByteView associated, base::ByteView plain) &&;

private:
    HpkeSender() = default;
    HpkeTag tag_;
    Encapsulation encapsulation_;
    base::Secret key_;
    std::array<std::uint8_t, 12> base_nonce_{};
};

// A sealed message that is tried with many keys. Thread-safe; what the views show must outlive it.
class HpkeSealed {
public:
    HpkeSealed(const HpkeTag& tag, const Encapsulation& encapsulation, base::ByteView info,
               base::ByteView sealed);
    const Encapsulation& encapsulation() const { return encapsulation_; }
    // Whether the tag is this recipient's: always for its own messages, for any other with a chance
    // of 2^-64. One decapsulation of ML-KEM; takes as long for a hit as for a miss.
    bool is_tagged_for(const XWingKey& recipient) const;
    // Whatever the tag says. Nothing if it is not for this recipient or was altered.
    std::optional<base::Bytes> open(const XWingKey& recipient, base::ByteView associated) const;

private:
    HpkeTag tag_;
    Encapsulation encapsulation_;
    base::ByteView info_;
    base::ByteView sealed_;
};

}  // namespace hearsay::crypto
