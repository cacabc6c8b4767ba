// sim/frames.hpp - what the simulator tells of a frame without parsing it: which of
// proto/frame.proto's bodies it holds, and whether it names an item.
#pragma once

#include <algorithm>

#include "base/bytes.hpp"
#include "base/ids.hpp"

namespace hearsay::sim {

// Field numbers of Frame; the first byte of a frame holds one of them, and a wire type in its
// lowest 3 bits.
inline constexpr int frame_hello = 1;
inline constexpr int frame_items = 4;
inline constexpr int frame_have = 5;
inline constexpr int frame_want = 6;
inline constexpr int frame_compare = 7;
inline constexpr int frame_symbols = 8;
inline constexpr int frame_more = 9;
inline constexpr int frame_announce = 12;
inline constexpr int frame_request = 13;
inline constexpr int frame_find = 15;
inline constexpr int frame_contacts = 16;
// Bytes before each frame: its length.
inline constexpr std::size_t frame_head = 4;

inline int kind_of(base::ByteView frame) {
    if (frame.empty()) return 0;
    // A field number above 15 takes a second byte.
    return frame.front() < 0x80 || frame.size() < 2 ? frame.front() >> 3
                                                    : (frame[0] & 0x7f) >> 3 | frame[1] << 4;
}

inline bool names(base::ByteView frame, const base::ItemId& id) {
    return std::search(frame.begin(), frame.end(), id.data.begin(), id.data.end()) != frame.end();
}

}  // namespace hearsay::sim
