// item/bundle.hpp - items and addresses of nodes in one file, to be carried by hand.
// docs/files.md, "Bundles".
//
//   8 bytes   "HSBUNDLE"
//   4         version, 1
//   4         network
//   4         contacts: how many
//   4         items: how many
//   32 each   the contacts: peer ids
//   each      4 bytes of length, then an Item (item/encoding.hpp)
//   32        SHA-256 of all that precedes
//
// Nothing in it tells who made it: there is no signature, no time, and what the writer is given is
// sorted, contacts by their bytes and items by theirs, so that not even their order tells how they
// came. The digest finds what a stick or a copy spoilt, not what somebody changed: each item proves
// itself.
//
// A total reader: whatever the bytes, a bundle whose every part is within its bounds, or an error
// for a person. What is inside the items is not judged.
#pragma once

#include <vector>

#include "base/error.hpp"
#include "item/item.hpp"

namespace hearsay::item {

inline constexpr std::size_t bundle_bytes_max = 256 * 1024 * 1024;
inline constexpr std::size_t bundle_contacts_max = 1000;
inline constexpr std::size_t bundle_items_max = 500'000;
// Of one, encoded: the largest header, payload, signature and nonce, and their tags.
inline constexpr std::size_t bundle_item_bytes_max = 36 * 1024;
inline constexpr std::size_t bundle_frame_bytes = 8 + 4 * 4 + 32;  // of an empty one

struct Bundle {
    Network network = Network::main;
    std::vector<base::PeerId> contacts;
    std::vector<base::Bytes> items;  // encoded
    bool operator==(const Bundle&) const = default;
};

// It has to keep to the bounds above.
base::Bytes write_bundle(Bundle bundle);
// corrupt: cut off, changed, or no bundle at all; refused: of another version.
base::Result<Bundle> read_bundle(base::ByteView bytes);

}  // namespace hearsay::item
