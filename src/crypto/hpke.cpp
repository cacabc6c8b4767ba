#include "crypto/hpke.hpp"

#include "crypto/aead.hpp"
#include "crypto/hkdf.hpp"
#include "crypto/openssl.hpp"
#include "crypto/x25519.hpp"

namespace hearsay::crypto {
namespace {

using namespace std::string_view_literals;

// Section 4.1 and 5.1: "KEM" || kem_id, and "HPKE" || kem_id || kdf_id || aead_id.
constexpr std::string_view kem_suite = "KEM\x00\x20"sv;
constexpr std::string_view hpke_suite = "HPKE\x00\x20\x00\x01\x00\x03"sv;
constexpr std::string_view version = "HPKE-v1";
constexpr std::uint8_t mode_base = 0;

base::Digest labeled_extract(std::string_view suite, base::ByteView salt, std::string_view label,
                             base::ByteView key_material) {
    base::Bytes labeled;
    labeled.reserve(version.size() + suite.size() + label.size() + key_material.size());
    for (std::string_view part : {version, suite, label})
        base::append(labeled, base::as_bytes(part));
    base::append(labeled, key_material);
    const openssl::Cleanse cleanse(labeled);
    return hkdf_extract(salt, labeled);
}

template <std::size_t N>
std::array<std::uint8_t, N> labeled_expand(std::string_view suite, const base::Digest& key,
                                           std::string_view label, base::ByteView info) {
    base::Bytes labeled = base::to_bytes(base::ByteView(base::big_endian(std::uint16_t{N})));
    for (std::string_view part : {version, suite, label})
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
    static const base::Digest no_psk = labeled_extract(hpke_suite, {}, "psk_id_hash", {});
    base::Bytes context{mode_base};
    base::append(context, no_psk.view());
    base::append(context, labeled_extract(hpke_suite, {}, "info_hash", info).view());
    return context;
}

// ExtractAndExpand (section 4.1), then KeySchedule (section 5.1).
Session schedule(base::Secret& shared_point, const EncapsulatedKey& encapsulated,
                 const base::MailboxKey& recipient, base::ByteView context) {
    const openssl::Cleanse cleanse_point(shared_point.data);
    base::Bytes kem_context = base::to_bytes(encapsulated.view());
    base::append(kem_context, recipient.view());
    base::Digest extracted = labeled_extract(kem_suite, {}, "eae_prk", shared_point.view());
    const openssl::Cleanse cleanse_extracted(extracted.data);
    auto shared_secret = labeled_expand<32>(kem_suite, extracted, "shared_secret", kem_context);
    const openssl::Cleanse cleanse_shared(shared_secret);

    base::Digest secret = labeled_extract(hpke_suite, shared_secret, "secret", {});
    const openssl::Cleanse cleanse_secret(secret.data);
    return {base::Secret{labeled_expand<32>(hpke_suite, secret, "key", context)},
            labeled_expand<12>(hpke_suite, secret, "base_nonce", context)};
}

// DeriveKeyPair (section 7.1.3).
base::Secret derive_ephemeral(const base::Secret& key_material) {
    base::Digest extracted = labeled_extract(kem_suite, {}, "dkp_prk", key_material.view());
    const openssl::Cleanse cleanse(extracted.data);
    return base::Secret{labeled_expand<32>(kem_suite, extracted, "sk", {})};
}

}  // namespace

std::optional<HpkeSender> HpkeSender::setup(const base::MailboxKey& recipient, base::ByteView info,
                                            const base::Secret& ephemeral_ikm) {
    base::Secret ephemeral = derive_ephemeral(ephemeral_ikm);
    const openssl::Cleanse cleanse(ephemeral.data);
    std::optional<base::Secret> shared_point = x25519(ephemeral, recipient);
    if (!shared_point) return std::nullopt;
    HpkeSender out;
    out.encapsulated_.data = x25519_public_key(ephemeral).data;
    Session session = schedule(*shared_point, out.encapsulated_, recipient, schedule_context(info));
    const openssl::Cleanse cleanse_key(session.key.data);
    out.key_ = session.key;
    out.base_nonce_ = session.base_nonce;
    return out;
}

// The first message's sequence number is zero, so that its nonce is the base nonce (section 5.2).
base::Bytes HpkeSender::seal(base::ByteView associated, base::ByteView plain) && {
    const openssl::Cleanse cleanse(key_.data);
    return aead_seal(key_, base_nonce_, associated, plain);
}

HpkeSealed::HpkeSealed(const EncapsulatedKey& encapsulated, base::ByteView info,
                       base::ByteView associated, base::ByteView sealed)
    : encapsulated_(encapsulated),
      context_(schedule_context(info)),
      associated_(associated),
      sealed_(sealed) {}

std::optional<base::Bytes> HpkeSealed::open(const X25519Key& recipient) const {
    std::optional<base::Secret> shared_point =
        recipient.agree(base::MailboxKey{encapsulated_.data});
    if (!shared_point) return std::nullopt;
    Session session = schedule(*shared_point, encapsulated_, recipient.public_key(), context_);
    const openssl::Cleanse cleanse(session.key.data);
    return aead_open(session.key, session.base_nonce, associated_, sealed_);
}

std::optional<base::Bytes> hpke_open(const base::Secret& recipient_secret,
                                     const base::MailboxKey& recipient,
                                     const EncapsulatedKey& encapsulated, base::ByteView info,
                                     base::ByteView associated, base::ByteView sealed) {
    return HpkeSealed(encapsulated, info, associated, sealed)
        .open(X25519Key(recipient_secret, recipient));
}

std::optional<base::Bytes> hpke_open(const base::Secret& recipient_secret,
                                     const EncapsulatedKey& encapsulated, base::ByteView info,
                                     base::ByteView associated, base::ByteView sealed) {
    return hpke_open(recipient_secret, x25519_public_key(recipient_secret), encapsulated, info,
                     associated, sealed);
}

}  // namespace hearsay::crypto
