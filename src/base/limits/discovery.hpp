// base/limits/discovery.hpp - bounds of finding peers.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace hearsay::base::limits {

using namespace std::chrono_literals;

// Kademlia's k: so many that it is unlikely that all of them leave within an hour.
inline constexpr std::size_t bucket_contacts_max = 20;
inline constexpr std::size_t bucket_replacements_max = 20;
inline constexpr std::uint32_t stale_tries_max = 5;
inline constexpr Millis bucket_refresh = 1h;
// 64 sources of 64 candidates: ten times what is tried in a day, 400 KB on disk.
inline constexpr std::size_t candidates_per_source_max = 64;
inline constexpr std::size_t candidate_sources_max = 64;
// Who has just come up cannot be dialled until Tor's directories have its descriptor, which takes
// up to a minute: tried again soon, then later, for eight minutes in all.
inline constexpr std::uint32_t candidate_tries_max = 6;
inline constexpr Millis candidate_pause_first = 15s;
inline constexpr Millis candidate_pause_most = 10min;
// of proved peers: they are not dropped, so they must not cost much
inline constexpr Millis lost_pause_most = 2h;
inline constexpr std::size_t paused_peers_max = 8192;
// A look-up (core/discovery/node_lookup.hpp); figures by measurement, docs/simulator.md.
inline constexpr std::size_t lookup_paths = 3;
inline constexpr std::size_t lookup_settled = 3;
inline constexpr std::uint32_t lookup_asks_max = 12;
inline constexpr std::size_t lookup_heard_max = 60;
inline constexpr std::size_t lookups_waiting_max = 16;
// Own look-ups while the network is new to us: at once and after these.
// Later visits and refreshes keep up.
inline constexpr Millis own_lookup_waits[] = {1min, 5min, 30min};
// The 99th percentile of a round trip through Tor is 3 s, and the other side may be busy.
inline constexpr Millis find_wait = 12s;
// Questions that one link may ask, at once and one more each find_every: a join needs about ten.
inline constexpr std::int64_t find_burst = 32;
inline constexpr Millis find_every = 10s;
// Nodes that came by themselves, filed at once and one more each find_every:
// as many as one source may have.
inline constexpr std::int64_t newcomers_burst = 64;
// A proved peer that comes is noted on disk no sooner than this after the last time.
inline constexpr Seconds seen_again = Seconds(600);
// Visits at once: Kademlia's alpha.
inline constexpr std::size_t visits_max = 3;
inline constexpr std::size_t eager_contacts = 60;
inline constexpr Millis ask_again_first = 2s;
inline constexpr Millis ask_again_most = 2min;
// Between visits later: six circuits an hour, of twelve that an idle node may open.
inline constexpr Millis feeler_wait = 2min;
inline constexpr Millis feeler_rest = 10min;
inline constexpr Millis bootstrap_wait_first = 2s;
inline constexpr Millis bootstrap_wait_most = 5min;
inline constexpr Millis rotate_wait_min = 2h;
inline constexpr Millis rotate_wait_max = 4h;
inline constexpr Millis rotate_age = 1h;  // younger links are not rotated away
// Of eight links three to peers that we know for a day or more: docs/decisions/0009.
inline constexpr Seconds long_tried_age = Seconds(24 * 3600);
inline constexpr std::size_t long_tried_of_eight = 3;
inline constexpr std::size_t anchors_max = 2;
inline constexpr Millis anchor_age = 10min;
inline constexpr std::uint32_t anchor_tries_max = 3;
inline constexpr Seconds ban_most = Seconds(10LL * 365 * 24 * 3600);

}  // namespace hearsay::base::limits
