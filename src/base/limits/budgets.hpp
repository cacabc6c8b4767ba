// base/limits/budgets.hpp - what one link may send and ask for, at once and in the long run.
// docs/protocol.md, "Budgets of a link"; core/links/budgets.hpp says what happens beyond.
//
// Each is several times what an honest node sends at its busiest, so that bursts that gathered on a
// slow circuit pass, and little enough that a link at its limit costs less than a hundredth of a
// core.
#pragma once

#include "base/limits/discovery.hpp"
#include "base/token_bucket.hpp"

namespace hearsay::base::limits {

using namespace std::chrono_literals;

// One Ping each 90 s is usual; a test of a line may send one a second.
inline constexpr Rate ping_rate{60, 1, 1s};
// A hundred items a second flood at most; bulk is announced as fast as a circuit brings it:
// 174 KB/s, 158 items.
inline constexpr Rate announced_rate{20'000, 500, 1s};
// Each id is asked for once of each who announced it, so no more than announcements.
inline constexpr Rate requested_rate{20'000, 500, 1s};
// Ours sends one a second at most, and rarely more than ten in all (core/relay/push_radius.hpp).
inline constexpr Rate push_rate{32, 1, 1s};
inline constexpr Millis push_pause = 1s;
// Told when they change, floor_pause apart (limits/retention.hpp).
inline constexpr Rate floor_rate{32, 1, 5s};
// Rounds: one a minute, with at most eight batches and twice as many Dones as sides.
inline constexpr Rate compare_rate{1, 1, 60s};
inline constexpr Rate symbols_rate{20, 10, 60s};
inline constexpr Rate fetch_rate{2, 1, 60s};
inline constexpr Rate done_rate{8, 4, 60s};
// A list of exchange_pages_max pages at once; a circuit carries five pages of 1,000 ids a second.
inline constexpr Rate pages_rate{10'000, 20, 1s};
inline constexpr Rate find_rate{find_burst, 1, find_every};
// Answers, one for each of our questions; late ones and those of a node that lost count are few.
inline constexpr Rate contacts_rate{1'000, 1, 1s};
// Frames of types that this version does not know, and one more for each 4 KiB of them.
inline constexpr Rate unknown_rate{1'024, 4, 1s};
inline constexpr std::size_t unknown_unit_bytes = 4096;
// Bytes sent in vain: a comparison's push of 8,192 items twice, then a trickle.
inline constexpr Rate waste_rate{16 * 1024 * 1024, 16 * 1024, 1s};
// Below so much of it a peer is told to push nothing, until so much is there again: what is under
// way then (relay_ahead_bytes, and a round trip) finds room.
inline constexpr std::int64_t waste_left_to_end = waste_rate.burst / 2;
inline constexpr std::int64_t waste_left_to_begin = waste_rate.burst / 4 * 3;
// Bytes of items sent on request. Circuits of the public network brought 25 to 174 KB/s: an empty
// node that catches up is never held up by it; thrice the fastest leaves room for faster ones.
inline constexpr Rate answers_rate{32 * 1024 * 1024, 512 * 1024, 1s};
// Likewise of what is handed over in rounds, where whole stores are caught up with.
inline constexpr Rate bulk_rate = answers_rate;

}  // namespace hearsay::base::limits
