// base/limits/frames.hpp - bounds of one frame. Part of docs/protocol.md:
// another value is another network.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace hearsay::base::limits {

using namespace std::chrono_literals;

// Room for a few of the largest items or a page of ids, small enough to hold one per link.
inline constexpr std::size_t frame_bytes_max = 256 * 1024;
inline constexpr std::size_t items_per_frame_max = 256;
// 1,000 ids of 32 bytes: a page of 32 KB, about a second over a slow circuit.
inline constexpr std::size_t ids_per_page_max = 1000;
// A Hello takes about 40 bytes; the rest is room for what later versions say in it.
inline constexpr std::size_t hello_bytes_max = 1024;
inline constexpr std::size_t features_max = 64;

// Comparing: symbols in one frame, 14 bytes each or a few more: less than half of frame_bytes_max.
inline constexpr std::size_t symbols_per_frame_max = 8192;
// Symbols of one round. To decode differences_max differences takes 1.4 symbols each; these are two
// each. A Fetch asks for no more short ids than that: no more can have been decoded.
inline constexpr std::size_t symbols_max = 16384;
// Items that a side may say it holds: far more than a store has, and counts of them fit 32 bits.
inline constexpr std::uint64_t compared_items_max = 1ULL << 30;

}  // namespace hearsay::base::limits
