// How the vault seals the records of the store. docs/files.md, "Records".
//
//   a record        nonce[12] || ChaCha20-Poly1305(record key, nonce, place, plain)
//   an erasable     nonce[12] || ChaCha20-Poly1305(record key, nonce, place, day[4] generation[4])
//                   nonce[12] || ChaCha20-Poly1305(erasure key of that day and generation, nonce,
//                   place || day || generation, plain)
// The day lies under the record key because the disk need not tell how much mail came when.
#include "base/ensure.hpp"
#include "crypto/aead.hpp"
#include "crypto/hkdf.hpp"
#include "market/keys/vault.hpp"

namespace hearsay::market {
namespace {

constexpr std::size_t nonce_size = std::tuple_size_v<crypto::Nonce>;
constexpr std::size_t label_size = 8;  // day and generation
constexpr std::size_t sealed_label_size = nonce_size + label_size + crypto::aead_tag_size;

base::Bytes label_of(const ErasureKeyId& id) {
    base::Bytes out = base::to_bytes(base::ByteView(base::big_endian(id.day)));
    base::append(out, base::big_endian(id.generation));
    return out;
}

base::Bytes joined(base::ByteView place, base::ByteView label) {
    base::Bytes out = base::to_bytes(place);
    base::append(out, label);
    return out;
}

// Nonces are random: 2^32 records of one key are far away.
base::Bytes sealed_with(const base::Secret& key, base::ByteView associated, base::ByteView plain,
                        base::Rng& rng) {
    crypto::Nonce nonce{};
    rng.fill(nonce);
    base::Bytes out = base::to_bytes(base::ByteView(nonce));
    base::append(out, crypto::aead_seal(key, nonce, associated, plain));
    return out;
}

base::Result<base::Bytes> opened_with(const base::Secret& key, base::ByteView associated,
                                      base::ByteView sealed) {
    crypto::Nonce nonce{};
    if (sealed.size() >= nonce.size() + crypto::aead_tag_size) {
        std::copy_n(sealed.begin(), nonce.size(), nonce.begin());
        if (auto plain = crypto::aead_open(key, nonce, associated, sealed.subspan(nonce.size())))
            return *plain;
    }
    return base::fail(
        base::ErrorCode::corrupt,
        "a record of the own store cannot be opened: it is damaged or belongs to other keys");
}

}  // namespace

base::Secret Vault::blind(base::ByteView place) const {
    base::Bytes info = base::to_bytes("place");
    base::append(info, place);
    return crypto::derive(record_key_, info);
}

base::Bytes Vault::seal_record(base::ByteView place, base::ByteView plain, base::Rng& rng) const {
    return sealed_with(record_key_, place, plain, rng);
}

base::Result<base::Bytes> Vault::open_record(base::ByteView place, base::ByteView sealed) const {
    return opened_with(record_key_, place, sealed);
}

// The newest of the day, unless it has to go.
ErasureKeyId Vault::erasure_key_for(std::uint32_t of_day, base::Rng& rng) {
    ErasureKeyId id{of_day, 1};
    const auto after = erasure_keys_.upper_bound({of_day, UINT32_MAX});
    if (after != erasure_keys_.begin())
        if (const auto& [newest, key] = *std::prev(after); newest.day == of_day) {
            if (!key.condemned) return newest;
            id.generation = newest.generation + 1;
        }
    erasure_keys_[id] = {rng.secret(), false};
    unsaved_keys_ = true;
    return id;
}

base::Bytes Vault::seal_erasable(base::ByteView place, base::ByteView plain, std::uint32_t of_day,
                                 base::Rng& rng) {
    const ErasureKeyId id = erasure_key_for(of_day, rng);
    const base::Bytes label = label_of(id);
    base::Bytes out = seal_record(place, label, rng);
    base::append(out, sealed_with(erasure_keys_.at(id).key, joined(place, label), plain, rng));
    return out;
}

std::optional<ErasureKeyId> Vault::erasure_key_of(base::ByteView place,
                                                  base::ByteView sealed) const {
    if (sealed.size() < sealed_label_size) return std::nullopt;
    const auto label = open_record(place, sealed.first(sealed_label_size));
    if (!label) return std::nullopt;
    const base::ByteView bytes(*label);
    return ErasureKeyId{base::read_big_endian<std::uint32_t>(bytes.first<4>()),
                        base::read_big_endian<std::uint32_t>(bytes.subspan<4, 4>())};
}

base::Result<base::Bytes> Vault::open_erasable(base::ByteView place, base::ByteView sealed) const {
    const auto id = erasure_key_of(place, sealed);
    const auto key = id ? erasure_keys_.find(*id) : erasure_keys_.end();
    if (key == erasure_keys_.end()) return opened_with(record_key_, place, {});  // says so
    // total: erasure_key_of() read its label
    return opened_with(key->second.key, joined(place, label_of(*id)),
                       sealed.subspan(sealed_label_size));
}

void Vault::condemn(std::uint32_t of_day) {
    for (auto at = erasure_keys_.lower_bound({of_day, 0});
         at != erasure_keys_.end() && at->first.day == of_day; ++at) {
        unsaved_keys_ = unsaved_keys_ || !at->second.condemned;
        at->second.condemned = true;
    }
}

std::vector<ErasureKeyId> Vault::condemned() const {
    std::vector<ErasureKeyId> out;
    for (const auto& [id, key] : erasure_keys_)
        if (key.condemned) out.push_back(id);
    return out;
}

}  // namespace hearsay::market
