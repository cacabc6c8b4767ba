// bench/frames.hpp - what a frame on a link is, told from its first bytes: parsing it would be
// charged to whatever is measured.
#pragma once

#include <cstddef>

#include "base/bytes.hpp"

namespace hearsay::bench {

// The field of proto/frame.proto's Frame that is set.
enum class FrameKind : unsigned {
    none = 0,
    hello = 1,
    ping = 2,
    pong = 3,
    items = 4,
    have = 5,
    want = 6,
    compare = 7,
    symbols = 8,
    more = 9,
    fetch = 10,
    done = 11,
};
FrameKind kind_of(base::ByteView frame);
// How many items an Items frame carries; 0 for any other frame.
std::size_t items_in(base::ByteView frame);

// A frame follows its length on the wire.
inline constexpr std::size_t frame_length_bytes = 4;

}  // namespace hearsay::bench
