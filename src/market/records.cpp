#include "market/records.hpp"

namespace hearsay::market {

base::Bytes place_of(Table table, base::ByteView key) {
    base::Bytes out(1 + key.size());
    out[0] = static_cast<std::uint8_t>(table);
    std::copy(key.begin(), key.end(), out.begin() + 1);
    return out;
}

base::Bytes Records::kept_key(Table table, base::ByteView key) const {
    return base::to_bytes(vault_.blind(place_of(table, key)).view());
}

std::optional<base::Bytes> Records::open(Table table, base::ByteView key,
                                         base::ByteView value) const {
    const base::Bytes place = place_of(table, key);
    auto plain =
        is_erasable(table) ? vault_.open_erasable(place, value) : vault_.open_record(place, value);
    if (!plain) return std::nullopt;
    return *std::move(plain);
}

std::optional<base::Bytes> Records::load_bytes(Table table, base::ByteView key) const {
    const base::Bytes kept = kept_key(table, key);
    const auto sealed = store_.get(table, kept);
    if (!sealed) return std::nullopt;
    return open(table, kept, *sealed);
}

void ChangeRecords::save_bytes(Table table, base::ByteView key, base::ByteView plain) {
    const base::Bytes kept = kept_key(table, key);
    const base::Bytes place = place_of(table, kept);
    if (!is_erasable(table)) return store_.put(table, kept, vault_.seal_record(place, plain, rng_));
    // A row keeps its day: the key of a day goes when all that came that day is as old.
    std::optional<ErasureKeyId> before;
    if (const auto old = store_.get(table, kept)) before = vault_.erasure_key_of(place, *old);
    store_.put(table, kept,
               vault_.seal_erasable(place, plain, before ? before->day : vault_.day(), rng_));
}

void ChangeRecords::erase(Table table, base::ByteView key) {
    const base::Bytes kept = kept_key(table, key);
    if (is_erasable(table))
        if (const auto old = store_.get(table, kept))
            if (const auto id = vault_.erasure_key_of(place_of(table, kept), *old))
                vault_.condemn(id->day);
    store_.erase(table, kept);
}

void set_item(wire::Item* out, const item::Item& item) {
    out->set_header(base::to_text(item.header));
    out->set_payload(base::to_text(item.payload));
    out->set_signature(base::to_text(item.signature));
    out->set_nonce(item.nonce);
}

item::Item get_item(const wire::Item& in) {
    return {base::to_bytes(in.header()), base::to_bytes(in.payload()),
            base::to_bytes(in.signature()), in.nonce()};
}

}  // namespace hearsay::market
