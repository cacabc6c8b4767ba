// base/limits/relay.hpp - bounds of flooding, comparing and injecting.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace hearsay::base::limits {

using namespace std::chrono_literals;

// Items waiting for the verification workers, and their bytes; above half of either links are not
// read (back-pressure).
inline constexpr std::size_t verifying_items_max = 4096;
inline constexpr std::size_t verifying_bytes_max = 32 * 1024 * 1024;
// Items of a bundle that wait for their verdict: a few pages of it.
inline constexpr std::size_t brought_max = 1024;
// With the workers at a time; the others wait where it can still be said whose turn it is. Some
// 30 ms of two cores, so that they never wait for a turn of the node.
inline constexpr std::size_t verify_jobs_max = 1024;
// Copies of one id that wait while the first is being checked, in case the first is a forgery.
inline constexpr std::size_t alternates_max = 8;
// An asked peer has several times what answers usually take, within these: a round trip's 99th
// percentile through Tor is 3 s, and it may have to wait for the item itself.
inline constexpr Millis answer_wait_min = 2s;
inline constexpr Millis answer_wait_max = 10s;
// Items that a peer withheld, less those that it delivered: from so many on it is asked last.
inline constexpr std::uint32_t debts_max = 3;
// What was heard of items of the last seconds: at a hundred items a second a few hundred.
inline constexpr Millis request_memory = 5s;
// Ids that never came: longer than any queue that may still hold their announcements.
inline constexpr Millis vain_memory = 10min;
inline constexpr std::size_t tracked_requests_max = 16384;
inline constexpr std::size_t announced_per_link_max = 4096;
// Every link of a node with usual settings:
// sixteen liars who are quickest must not be all that is remembered.
inline constexpr std::size_t announcers_max = 72;
inline constexpr std::size_t askers_max = 72;  // every listed link, once
// Ids passed on ahead of their items (core/relay/fair_share.hpp): a flood of a hundred items a
// second, each under way for a few seconds, takes 400 places. Vain ones keep theirs for as long as
// they are remembered: 1.7 a second leave a node in the long run, 79 bytes a second to each
// neighbour.
inline constexpr std::size_t ahead_max = 1024;
inline constexpr Millis ahead_memory = vain_memory;
// On the word of links that have brought nothing new yet, for one and for all of them: 0.8 and 6.4
// ids that never come in a minute.
inline constexpr std::size_t ahead_unproven_link_max = 8;
inline constexpr std::size_t ahead_unproven_max = 64;
inline constexpr std::uint32_t push_radius_max = 4;
// Ids are gathered this long, or until there are enough for three Tor cells.
inline constexpr Millis announce_pause = 100ms;
inline constexpr std::size_t announce_batch = 32;
inline constexpr std::size_t announce_queue_max = 10000;
inline constexpr std::size_t requested_max = 10000;  // items asked for by one link and not sent yet
// Sent to a link and not read: beyond, it hears only ids until it has read.
inline constexpr std::size_t relay_ahead_bytes = 256 * 1024;
// Answers to one link's wishes, sent piece by piece as it reads: enough to fill a slow circuit.
inline constexpr std::size_t exchange_piece_bytes = 256 * 1024;
// Ten million ids: more than a store holds, few enough that a peer cannot list for ever.
inline constexpr std::uint32_t exchange_pages_max = 10000;
// Differences that are decoded. Sets that differ by more page: both sides list all they have.
inline constexpr std::uint64_t differences_max = 8192;
// Times that a round asks for more symbols before it gives up.
inline constexpr std::uint32_t batches_max = 8;
// Sets of short ids, 16 bytes an item (core/reconcile/keyed_set.hpp): of one key for all who
// compare with us, of the key before it for the rounds that began with that, and two for rounds of
// our own. A million items four times are 64 MB.
inline constexpr std::size_t served_sets_max = 2;
inline constexpr std::size_t own_sets_max = 2;
// How long new rounds begin with one key: a new one costs a walk over the store, a third of a
// second at a million items. And how long rounds may go on with it.
inline constexpr Millis set_life = 2min;
inline constexpr Millis set_kept = 4min;
// A set for rounds with other floors than those before (core/reconcile/served_sets.hpp): a walk
// over a full store every half minute is a hundredth of a core.
inline constexpr Millis odd_set_wait = 30s;
// Changes that a set can be followed through, 16 bytes each: a hundred items a second for ten
// minutes.
inline constexpr std::size_t set_changes_max = 65536;
// Ids read or coded in one step of the node: some 5 ms. A store of fewer is compared at once.
inline constexpr std::size_t set_steps_max = 16384;
// Ids of what the user's lists hide, where that is not kept (core/relay/laid_aside.hpp): some 400
// bytes each, and each is coded in every set of short ids, a millisecond for all of them.
inline constexpr std::size_t laid_aside_max = 16384;
// Between rounds over one link; random, so that nobody knows when we look. The other side may ask
// no sooner than compare_wait_least.
inline constexpr Millis compare_wait_min = 2min;
inline constexpr Millis compare_wait_max = 8min;
inline constexpr Millis compare_wait_least = 60s;
// A round without lists takes a few round trips and its items' way.
inline constexpr Millis round_wait = 20s;
// Who owes something in a round and lets nothing be heard of it is silent: a frame of the largest
// size takes two minutes at 2 KB/s.
inline constexpr Millis round_silence_max = 3min;
// Rounds in a row that may show what cannot be: once or twice somebody may have ground ids for it
// (decision 0016).
inline constexpr std::uint32_t void_rounds_max = 3;
// Who was asked for items that it listed has so long from the last of them, as in flooding, and so
// long in all: a page of a thousand takes a minute at 20 KB/s. Then others that listed them are
// asked.
inline constexpr Millis list_wait = 10s;
inline constexpr Millis list_wait_most = 60s;
// Items asked of one peer by lists at once: two pages, so that one may take over another's.
inline constexpr std::size_t listed_asked_max = 2000;
// Ids that one peer lists and another is asked for, as far as they are remembered: four pages.
inline constexpr std::size_t listed_spare_max = 4000;
// Listed, asked for and not come, less those that came. Honest lists lose what expires on the way:
// of a slot of ten minutes at a million items some five hundred.
inline constexpr std::size_t listed_vain_max = 4000;
// Equal summaries are checked by this many keyed symbols, one time in so many
// (core/reconcile/summary.hpp).
inline constexpr std::uint64_t recheck_one_in = 16;
inline constexpr std::uint32_t recheck_symbols = 8;
// An own item leaves within this time for each own item that waits, at random: alone within
// seconds, because somebody waits for it; many together spread out. Less than the minimum would
// tell when the user pressed the key.
inline constexpr Millis injection_delay_min = 500ms;
inline constexpr Millis injection_delay = 5s;
inline constexpr Millis injection_delay_max = 10min;
// Until an injected item is injected elsewhere. A flood takes seconds, so half a minute without a
// copy means that it was kept back. The first injection_quick waits are that short: where a third
// of all peers are hostile, ten in a row keep one item in 59,049 for themselves, and where most
// neighbours are, ten tries reach an honest one; they take ten minutes, a quarter of an hour at
// most. Whoever hears nothing after that is cut off by more than those peers:
// then the waits double, and four injections an hour are enough.
inline constexpr Millis injection_wait_min = 30s;
inline constexpr Millis injection_wait_max = 90s;
inline constexpr std::uint32_t injection_quick = 10;
inline constexpr Millis injection_wait_most = 15min;
// Until another peer is tried after a failed dial; doubling, to injection_wait_max.
inline constexpr Millis injection_retry_min = 2s;
inline constexpr Millis injection_retry_max = 8s;
// Until we go from a peer that was handed an item and says nothing: several round trips.
inline constexpr Millis injection_stay = 20s;
// At once: each is a circuit and a place among the dials.
inline constexpr std::size_t injections_max = 4;
// Own items that are injected or followed, and how far their return is counted.
inline constexpr std::size_t followed_items_max = 10000;
inline constexpr std::size_t followed_peers_max = 1000;
// Items forgotten in one step: keeps a step short when many expire together.
inline constexpr std::size_t sweep_items_max = 1000;
// Memory of gone ids and slots erased in one step: nothing is read for it but keys.
inline constexpr std::size_t sweep_memories_max = 10000;
inline constexpr Millis sweep_interval = 30s;

}  // namespace hearsay::base::limits
