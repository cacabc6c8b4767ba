// item/encoding.hpp - an item as one row of bytes: the message Item of proto/item.proto in its one
// encoding (docs/protocol.md, section 1). Frames carry it so, and bundles, and the local API.
#pragma once

#include <optional>

#include "item/item.hpp"

namespace hearsay::item {

// Cuts it out and judges nothing: read() does. Nothing if it is no such message.
std::optional<Item> parse_item(base::ByteView bytes);
base::Bytes write_item(const Item& item);

}  // namespace hearsay::item
