// base/limits/items.hpp - bounds of an item: size, life, work. Part of docs/protocol.md:
// another value is another network.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace hearsay::base::limits {

using namespace std::chrono_literals;

// A header is a few fixed fields, about 200 bytes; the rest is room for later fields.
inline constexpr std::size_t header_bytes_max = 512;
// The largest mail; offers are far smaller.
inline constexpr std::size_t payload_bytes_max = 33 * 1024;
// What a payload may have in fields that a later text adds, with their tags. Room for a key and a
// signature of a larger scheme (ML-DSA-44: 1,312 and 2,420 bytes), and not for another payload.
inline constexpr std::size_t later_bytes_max = 4096;
// signature, nonce
inline constexpr std::size_t item_bytes_max = header_bytes_max + payload_bytes_max + 64 + 8;
// The smallest that an item can be: the header of a publication without payload, sequence and
// mailbox, of a kind of one byte, from 1970-01-01 00:00 to 00:10 (97 bytes), its signature and the
// nonce. Announce may not say less.
inline constexpr std::size_t item_bytes_min = 97 + 64 + 8;
// Mail comes in five sizes of payload, because all the world sees them. The smallest holds an
// answer of 850 bytes with the 1,216 bytes of its sender's key, and such a mail is less than 4 KiB
// as a whole. None is smaller: trying the mailboxes' keys on a mail costs a node the same.
inline constexpr std::array<std::size_t, 5> mail_payload_bytes{3584, 5120, 9216, 17408,
                                                               payload_bytes_max};
// Of each payload the seal takes: a tag, an encapsulated key, and the cipher's own tag.
inline constexpr std::size_t mail_seal_bytes = 8 + 1120 + 16;
// And in four lifetimes: few, so that a lifetime tells little of who wrote; a day at least, so that
// what every reader has to try its keys on costs its maker nine times the least work. 15 days for
// who may be away for long, the shorter ones because the work grows with the life.
inline constexpr std::array<Seconds, 4> mail_lifetimes{
    Seconds(1 * 24 * 3600), Seconds(3 * 24 * 3600), Seconds(7 * 24 * 3600),
    Seconds(15 * 24 * 3600)};
// The window in which a store has to remember anything. Longer offers are renewed by their maker.
inline constexpr Seconds lifetime_max = Seconds(15 * 24 * 3600);
// People's clocks and time zones are wrong by an hour more often than by two.
inline constexpr Seconds future_max = Seconds(2 * 3600);
// The end of the year 9999. Later times are nonsense, and keeping them out keeps sums from
// overflowing.
inline constexpr std::uint64_t unix_seconds_max = 253402300799ULL;
// Rounding of both times hides when somebody sat at the keyboard and how far their clock is off.
inline constexpr Seconds created_step = Seconds(600);
// After its end an id or a removal is remembered for two clocks' worth of error, so that a peer
// whose clock is behind cannot bring the item back.
inline constexpr Seconds grace = Seconds(4 * 3600);
// Work: expected trials = factor x (size + base) x (1 + lifetime / unit). docs/protocol.md,
// section 4. The factor makes a usual offer (1,687 bytes with its mailbox's key, seven days) cost
// two seconds of a core without SHA extensions (7.7 million hashes a second). Base and unit are
// what an item burdens a node with even if it is small and short: 1,000 bytes of ids and tables,
// for 18 hours.
inline constexpr std::uint64_t work_factor = 560;
inline constexpr std::uint64_t work_base_bytes = 1000;
inline constexpr std::uint64_t work_lifetime_unit_s = 65536;

}  // namespace hearsay::base::limits
