#include "item/encoding.hpp"

#include "base/canonical.hpp"
#include "item.pb.h"
#include "item/kinds/parts.hpp"

namespace hearsay::item {

std::optional<Item> parse_item(base::ByteView bytes) {
    base::CanonicalReader in(bytes);
    const base::ByteView header = in.bytes(1);
    const base::ByteView payload = in.bytes(2);
    const base::ByteView signature = in.bytes(3);
    const std::uint64_t nonce = in.fixed64(4);
    if (!in.is_whole()) return std::nullopt;
    return Item{base::to_bytes(header), base::to_bytes(payload), base::to_bytes(signature), nonce};
}

base::Bytes write_item(const Item& item) {
    wire::Item out;
    out.set_header(base::to_text(item.header));
    out.set_payload(base::to_text(item.payload));
    out.set_signature(base::to_text(item.signature));
    out.set_nonce(item.nonce);
    return serialized(out);
}

}  // namespace hearsay::item
