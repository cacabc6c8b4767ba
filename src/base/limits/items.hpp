// base/limits/items.hpp - bounds of an item: size, life, work. Part of docs/protocol.md: another value is another network.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace hearsay::base::limits {

using namespace std::chrono_literals;

// A header is a few fixed fields, about 200 bytes; the rest is room for later fields.
inline constexpr std::size_t header_bytes_max = 512;
// The largest padded mail is 32 KiB and 16 bytes of tag; offers are far smaller.
inline constexpr std::size_t payload_bytes_max = 33 * 1024;
inline constexpr std::size_t item_bytes_max =
    header_bytes_max + payload_bytes_max + 64 + 8;  // signature, nonce
// The window in which a store has to remember anything. Longer offers are renewed by their maker.
inline constexpr Seconds lifetime_max = Seconds(15 * 24 * 3600);
// People's clocks and time zones are wrong by an hour more often than by two.
inline constexpr Seconds future_max = Seconds(2 * 3600);
// Rounding hides when somebody sat at the keyboard and how far their clock is off.
inline constexpr Seconds created_step = Seconds(600);
// After its end an id or a removal is remembered for two clocks' worth of error, so that a peer
// whose clock is behind cannot bring the item back.
inline constexpr Seconds grace = Seconds(4 * 3600);
// Work: expected trials = factor x (size + base) x (1 + lifetime / unit). docs/protocol.md, section 4.
inline constexpr std::uint64_t work_factor = 200;
inline constexpr std::uint64_t work_base_bytes = 1000;
inline constexpr std::uint64_t work_lifetime_unit_s = 65536;

}  // namespace hearsay::base::limits
