// base/limits/retention.hpp - how much a node keeps, of what, and how floors of work move.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace hearsay::base::limits {

using namespace std::chrono_literals;

// What a node gives to the network's items. 2 GiB are a million items of the usual size.
inline constexpr std::uint64_t store_budget_default = 2ULL << 30;
inline constexpr std::uint64_t store_budget_min = 64ULL << 20;
inline constexpr std::uint64_t store_budget_max = 48ULL << 30;  // what the map has room for
// Of it, in hundredths, in the order of item::StoreClass: mail, because nothing else reaches who is
// offline; offers; ratings and lists; posts and all that we do not know; pictures. A class takes
// more while the others leave it.
inline constexpr std::array<std::uint64_t, 5> store_shares{40, 30, 10, 10, 10};
// Of a share, in hundredths: what is admitted while so much is free stays until it expires.
inline constexpr std::uint64_t incumbents_share = 50;
// What an item takes beside its bytes: heads, five lists, a slot, the index of its words, and pages
// that are half full. By measurement (docs/benchmarks.md). Items that take more make the budget
// smaller (core/retention/retention.hpp).
inline constexpr std::uint64_t stored_overhead_bytes = 500;
// Of it, what does not depend on the item's size and words: all tables but the items' and the
// index's.
inline constexpr std::uint64_t stored_rows_bytes = 270;
// What a slot takes that no item fills any more, and an id that is remembered as gone.
inline constexpr std::uint64_t stored_slot_bytes = 137;
inline constexpr std::uint64_t stored_gone_bytes = 90;
// Of the budget, in hundredths: what such slots take at most, and such ids as well. They outlive
// their items by two weeks, so items of ten minutes would fill a disk with them.
inline constexpr std::uint64_t remembered_share = 4;
// A floor falls by one level after so long without a reason for it: from 64 times the work back to
// what is asked in two hours.
inline constexpr Millis floor_wait = 5min;
// There is a reason while less than this is free, in hundredths of the budget.
inline constexpr std::uint64_t floor_room = 6;
// So far above our own floor we believe most of our peers what an item of ours takes: four times
// the work. Nodes with the usual budget have nearly the same floors, and where most links lead to
// liars, they must not have us search for years.
inline constexpr std::uint32_t believed_levels = 8;
// Believed so much more each time that an item of ours was handed over so often in vain.
inline constexpr std::uint32_t believed_step = 8;
inline constexpr std::uint32_t vain_injections = 4;
// More work than that a node does not search for an item by itself: 512 times the usual, a quarter
// of an hour of one core for an offer. Beyond it the item waits until the price falls.
inline constexpr std::uint32_t willing_level_max = 36;
// Peers are told of floors no sooner than this after the last time.
inline constexpr Millis floor_pause = 10s;
// Ids refused for too little work, so that lists do not bring them again: half an hour of ten a
// second, 8 bytes each.
inline constexpr std::size_t refused_ids_max = 16384;

}  // namespace hearsay::base::limits
