// base/limits/store.hpp - bounds of the two stores.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.hpp"

namespace hearsay::base::limits {

using namespace std::chrono_literals;

// A map is address space: the file is as large as what it keeps. This one is larger than any budget
// (store_budget_max), so that the budget bounds what is kept.
inline constexpr std::uint64_t flood_map_bytes_max = 64ULL << 30;
// What of the map is kept for transactions that make room (an eighth of a smaller map): one that
// forgets thousands of items rewrites a few thousand pages.
inline constexpr std::uint64_t flood_reserve_bytes_max = 64ULL << 20;
// A flood file up to this size is read whole at each start: a second or two from a disk of today.
inline constexpr std::uint64_t flood_check_bytes_max = 1ULL << 30;
// Likewise. An inbox that is full (inbox_max) of the largest letters has room in it.
inline constexpr std::uint64_t own_map_bytes_max = 4ULL << 30;
// Set aside for when others fill the disk (store/reserve.hpp): thousands of the user's mails.
inline constexpr std::uint64_t reserve_bytes = 16ULL << 20;
// Free space below which nothing new is accepted from peers: the user's own mail still fits.
inline constexpr std::uint64_t free_disk_bytes_min = 64ULL << 20;

}  // namespace hearsay::base::limits
