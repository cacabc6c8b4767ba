// core/retention/victims.hpp - one class's items in the order in which they make room: rule 4 of
// retention.hpp. The store does not change meanwhile; what was taken is counted here.
#pragma once

#include <deque>

#include "core/store_view.hpp"

namespace hearsay::core {

class Victims {
public:
    Victims(item::StoreClass of, const StoreView& view) : of_(of), view_(view) {}

    struct Victim {
        Evictable item;
        item::Level level = 0;
    };
    // The next one below this level, if there is one.
    std::optional<Victim> next(std::uint32_t below);

private:
    struct Heap {
        PileCount left;
        std::size_t taken = 0;
        std::deque<Evictable> known;  // the next ones
    };
    bool descend(std::uint32_t below);

    const item::StoreClass of_;
    const StoreView& view_;
    std::uint32_t from_ = 0;  // levels below are empty
    std::vector<Heap> piles_;
};

}  // namespace hearsay::core
