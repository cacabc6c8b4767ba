#include "crypto/hpke.hpp"

#include "crypto/aead.hpp"
#include "crypto/hkdf.hpp"
#include "crypto/openssl.hpp"
#include "crypto/sha256.hpp"

namespace hearsay::crypto {
namespace {

using namespace std::string_view_literals;

// Section 5.1: "HPKE" || kem_id || kdf_id || aead_id.
constexpr std::string_view hpke_suite = "HPKE\x64\x7a\x00\x01\x00\x03"sv;
constexpr std::string_view version = "HPKE-v1";
constexpr std::uint8_t mode_base = 0;

base::Digest labeled_extract(base::ByteView salt, std::string_view label,
                             base::ByteView key_material) {
    base::Bytes labeled;
    labeled.reserve(version.size() + hpke_suite.size() + label.size() + key_material.size());
    for (std::string_view part : {version, hpke_suite, label})
        base::append(labeled, base::as_bytes(part));
    base::append(labeled, key_material);
    const openssl::Cleanse cleanse(labeled);
    return hkdf_extract(salt, labeled);
}

template <std::size_t N>
std::array<std::uint8_t, N> labeled_expand(const base::Digest& key, std::string_view label,
                                           base::ByteView info) {
    base::Bytes labeled = base::to_bytes(base::ByteView(base::big_endian(std::uint16_t{N})));
    for (std::string_view part : {version, hpke_suite, label})
        base::append(labeled, base::as_bytes(part));
    base::append(labeled, info);
    base::Bytes expanded = hkdf_expand(key.view(), labeled, N);
    const openssl::Cleanse cleanse(expanded);
    std::array<std::uint8_t, N> out;
    std::copy(expanded.begin(), expanded.end(), out.begin());
    return out;
}

struct Session {
    base::Secret key;
    Nonce base_nonce{};
};

// KeySchedule's context for mode_base with an empty psk (section 5.1).
base::Bytes schedule_context(base::ByteView info) {
    static const base::Digest no_psk = labeled_extract({}, "psk_id_hash", {});
    base::Bytes context{mode_base};
    base::append(context, no_psk.view());
    base::append(context, labeled_extract({}, "info_hash", info).view());
    return context;
}

// KeySchedule (section 5.1).
Session schedule(const base::Secret& shared, base::ByteView info) {
    const base::Bytes context = schedule_context(info);
    base::Digest secret = labeled_extract(shared.view(), "secret", {});
    const openssl::Cleanse cleanse(secret.data);
    return {base::Secret{labeled_expand<32>(secret, "key", context)},
            labeled_expand<12>(secret, "base_nonce", context)};
}

HpkeTag tag_of(const base::Secret& ml_kem) {
    base::Digest hash = tagged_sha256("hearsay mail tag v1", {ml_kem.view()});
    const openssl::Cleanse cleanse(hash.data);
    HpkeTag out;
    std::copy_n(hash.data.begin(), out.size, out.data.begin());
    return out;
}

}  // namespace

std::optional<HpkeSender> HpkeSender::setup(const base::MailboxKey& recipient, base::ByteView info,
                                            const EncapsulationSeed& seed) {
    std::optional<Encapsulated> made = xwing_encapsulate(recipient, seed);
    if (!made) return std::nullopt;
    const openssl::Cleanse cleanse_ml_kem(made->ml_kem.data);
    const openssl::Cleanse cleanse_shared(made->shared.data);
    Session session = schedule(made->shared, info);
    const openssl::Cleanse cleanse_key(session.key.data);
    HpkeSender out;
    out.tag_ = tag_of(made->ml_kem);
    out.encapsulation_ = made->encapsulation;
    out.key_ = session.key;
    out.base_nonce_ = session.base_nonce;
    return out;
}

// The first message's sequence number is zero, so that its nonce is the base nonce (section 5.2).
base::Bytes HpkeSender::seal(base::ByteView associated, base::ByteView plain) && {
    const openssl::Cleanse cleanse(key_.data);
    return aead_seal(key_, base_nonce_, associated, plain);
}

HpkeSealed::HpkeSealed(const HpkeTag& tag, const Encapsulation& encapsulation, base::ByteView info,
                       base::ByteView sealed)
    : tag_(tag), encapsulation_(encapsulation), info_(info), sealed_(sealed) {}

bool HpkeSealed::is_tagged_for(const XWingKey& recipient) const {
    base::Secret ml_kem = recipient.ml_kem_secret(encapsulation_);
    const openssl::Cleanse cleanse(ml_kem.data);
    const HpkeTag expected = tag_of(ml_kem);
    return CRYPTO_memcmp(expected.data.data(), tag_.data.data(), tag_.size) == 0;
}

std::optional<base::Bytes> HpkeSealed::open(const XWingKey& recipient,
                                            base::ByteView associated) const {
    std::optional<base::Secret> shared = recipient.shared_secret(encapsulation_);
    if (!shared) return std::nullopt;
    const openssl::Cleanse cleanse_shared(shared->data);
    Session session = schedule(*shared, info_);
    const openssl::Cleanse cleanse(session.key.data);
    return aead_open(session.key, session.base_nonce, associated, sealed_);
}

}  // namespace hearsay::crypto
