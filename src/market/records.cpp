#include "market/records.hpp"

namespace hearsay::market {
namespace {

base::Bytes place_of(Table table, base::ByteView key) {
    base::Bytes out(1 + key.size());
    out[0] = static_cast<std::uint8_t>(table);
    std::copy(key.begin(), key.end(), out.begin() + 1);
    return out;
}

}  // namespace

base::Bytes Records::kept_key(Table table, base::ByteView key) const {
    return base::to_bytes(vault_.blind(place_of(table, key)).view());
}

std::optional<base::Bytes> Records::open(Table table, base::ByteView key, base::ByteView value) const {
    auto plain = vault_.open_record(place_of(table, key), value);
    if (!plain) return std::nullopt;
    return *std::move(plain);
}

std::optional<base::Bytes> Records::load_bytes(Table table, base::ByteView key) const {
    const base::Bytes kept = kept_key(table, key);
    const auto sealed = keep_.get(table, kept);
    if (!sealed) return std::nullopt;
    return open(table, kept, *sealed);
}

void ChangeRecords::save_bytes(Table table, base::ByteView key, base::ByteView plain) {
    const base::Bytes kept = kept_key(table, key);
    keep_.put(table, kept, vault_.seal_record(place_of(table, kept), plain, rng_));
}

void set_item(wire::Item* out, const item::Item& item) {
    out->set_header(base::to_text(item.header));
    out->set_payload(base::to_text(item.payload));
    out->set_signature(base::to_text(item.signature));
    out->set_nonce(item.nonce);
}

item::Item get_item(const wire::Item& in) {
    return {base::to_bytes(in.header()), base::to_bytes(in.payload()), base::to_bytes(in.signature()),
            in.nonce()};
}

}  // namespace hearsay::market
