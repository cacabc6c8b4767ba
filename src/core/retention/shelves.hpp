// core/retention/shelves.hpp - what a store holds, added up by class and level (item/standing.hpp):
// how many bytes, and what comparing needs of the ids. So a node knows at no cost what it has of
// each class, and two nodes can compare only what both of them want, whatever else they hold.
//
// The store keeps it with every change. A shelf takes some 130 bytes, and levels that hold
// anything are few: each doubling of work is half as frequent.
#pragma once

#include <map>

#include "core/reconcile/summary.hpp"
#include "item/standing.hpp"

namespace hearsay::core {

// Where an item stands in the store, beside its class and level. Incumbents stay until they
// expire. What may have to make room lies on piles, by the link that brought it.
using Pile = std::uint8_t;
inline constexpr Pile pile_incumbents = 0;
inline constexpr Pile pile_visitors = 255;  // all that links brought which only pass

struct Shelf {
    SetSummary ids;
    std::uint64_t bytes = 0;
    std::uint64_t incumbent_bytes = 0;
    bool operator==(const Shelf&) const = default;
};

class Shelves {
public:
    void add(const item::Standing& standing, Pile pile, const base::ItemId& id,
             std::uint64_t bytes);
    void remove(const item::Standing& standing, Pile pile, const base::ItemId& id,
                std::uint64_t bytes);
    // As a store kept it; replaces what was there.
    void set(const item::Standing& standing, const Shelf& shelf);

    // Of what is at or above the floors of its class.
    SetSummary summary(const item::Floors& floors) const;
    const SetSummary& summary() const { return all_; }
    std::uint64_t bytes() const { return bytes_; }
    std::uint64_t bytes(item::StoreClass of) const { return totals_[index(of)].bytes; }
    std::uint64_t incumbent_bytes(item::StoreClass of) const {
        return totals_[index(of)].incumbent;
    }

    const Shelf* find(const item::Standing& standing) const;
    const std::map<item::Standing, Shelf>& all() const { return shelves_; }
    void sanity_check() const;  // adds everything up again; ends the process if it is wrong

private:
    struct Total {
        std::uint64_t bytes = 0;
        std::uint64_t incumbent = 0;
        bool operator==(const Total&) const = default;
    };
    static std::size_t index(item::StoreClass of) { return static_cast<std::size_t>(of); }

    std::map<item::Standing, Shelf> shelves_;  // none of them empty
    SetSummary all_;
    std::uint64_t bytes_ = 0;
    std::array<Total, item::store_classes> totals_{};
};

}  // namespace hearsay::core
