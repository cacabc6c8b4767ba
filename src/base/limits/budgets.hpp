// base/limits/budgets.hpp - what one link may send and ask for, at once and in the long run.
// docs/protocol.md, "Budgets of a link"; core/links/budgets.hpp says what happens beyond.
//
// Each is several times what an honest node sends at its busiest, so that bursts that gathered on a
// slow circuit pass, and little enough that a link at its limit costs less than a hundredth of a
// core.
#pragma once

#include <cstddef>
#include <cstdint>

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
// Ours asks for more once in two seconds at most, and rarely more than five times in all
// (core/relay/push_radius.hpp). For less it asks at once, and mostly once for each time.
inline constexpr Rate push_rate{32, 1, 1s};
inline constexpr Millis push_pause = 2s;
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
// One on each link of an audit (limits/audit.hpp); others are none of ours.
inline constexpr Rate probe_rate{4, 1, 60s};
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

// ---- all links together (core/relay/traffic.hpp), only where the user bounds them ----
// Bytes a second. The least lets a round go on within round_silence_max, the most is beyond Tor's.
inline constexpr std::uint64_t traffic_limit_min = 8 * 1024;
inline constexpr std::uint64_t traffic_limit_max = 1024ULL * 1024 * 1024;
// What may leave at once: so that answers come soon after a pause; and what may be asked for at
// once: so that a circuit's round trips do not hold it up.
inline constexpr std::int64_t upload_burst_s = 4;
inline constexpr std::int64_t download_burst_s = 20;
inline constexpr std::int64_t traffic_burst_min = 64 * 1024;
// Of an item that is asked for before anybody said how large it is: an offer's usual size.
inline constexpr std::uint64_t guessed_item_bytes = 2048;
// What waited so long for the download and is the poorest that waits will not come in time: the
// floor of its class rises, a level each download_raise_pause at most.
inline constexpr Millis download_wait = 2min;
inline constexpr Millis download_raise_pause = 10s;
// Ids of lists that wait for the download: a few pages, 40 bytes each.
inline constexpr std::size_t later_ids_max = 4000;
// A page that finds no room among them is answered by then all the same: its sender waits for it,
// and calls us silent after round_silence_max.
inline constexpr Millis held_page_wait = 100s;
// Rounds of others that wait for the upload at once; whoever begins another is told to come later,
// so that each of these goes on before its peer takes us for silent.
inline constexpr std::size_t rounds_waiting_max = 4;

}  // namespace hearsay::base::limits
