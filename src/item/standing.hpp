// item/standing.hpp - by what an item stays, or gives way, where there is not room for all: the
// class whose share of the store it takes, and its level of work. docs/protocol.md, "Levels".
//
// Work is asked of every item (item.hpp, required_work()), for its size and its lifetime. Whoever
// does more of it shows so: the first eight bytes of the work hash are a number, and the smaller it
// is, the more hashes it has cost. The level says how much more, in quarters of a doubling. It is
// work for each byte and second, because what is asked is. So it compares items of all sizes and
// lifetimes, and everybody who has the item computes the same level.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "item/item.hpp"

namespace hearsay::item {

// Shares of a node's store (core/retention/retention.hpp), so that a flood of one kind cannot drive
// out the others. The numbers are the protocol's.
enum class StoreClass : std::uint8_t {
    mail,      // kinds 1 and 3
    offers,    // 2; keys of mailboxes, 4; and profiles, 6
    ratings,   // 5, and lists, 10
    posts,     // all other kinds
    pictures,  // 8
};
inline constexpr std::size_t store_classes = 5;
StoreClass store_class(Kind kind);
std::string_view name(StoreClass of);

// Quarters of a doubling above what is asked, at most level_max: 2^30 times as much.
using Level = std::uint8_t;
inline constexpr Level level_max = 120;

// Expected number of hashes for an item of this size and lifetime at this level.
std::uint64_t required_work(std::size_t item_size, base::Seconds lifetime, Level level);
std::uint64_t required_work(const Read& item, Level level);

// The highest level whose work this nonce shows; 0 if it does not even show what is asked.
// In the simulated network, whose makers search no work, it is the nonce's highest byte.
Level level_of(Network network, const base::ItemId& id, std::uint64_t nonce, std::size_t item_size,
               base::Seconds lifetime);
Level level_of(const Read& item);

struct Standing {
    StoreClass of = StoreClass::posts;
    Level level = 0;
    auto operator<=>(const Standing&) const = default;
};
Standing standing_of(const Read& item);

// Of each class, the level below which nothing is taken. Zero everywhere: there is room for all.
// level_max takes nothing of the class, whatever work it shows.
using Floors = std::array<Level, store_classes>;
bool is_above(const Standing& standing, const Floors& floors);  // or just at it
// Of each class the higher one.
Floors higher(const Floors& a, const Floors& b);
// Whether one of them is higher in any class.
bool exceeds(const Floors& a, const Floors& b);

}  // namespace hearsay::item
