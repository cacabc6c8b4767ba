// sim/checks/duty.hpp - which nodes have to hold an item, and in what a full network lets them off.
//
// With room for all everybody has to hold everything. In a full network (budget_kib) nobody has to
// hold what is below the floor of a node that is up, for peers at that floor do not compare it; nor
// what the node has no room for; nor what no connected node holds any more. An attacker's item is
// nobody's duty. Nor is a picture that of a node which takes none, nor what lists hide that of a
// node which lays it aside.
#pragma once

#include "sim/checks/lost_items.hpp"

namespace hearsay::sim {

class Duty {
public:
    explicit Duty(const RunView& view) : view_(view), lost_(view) {}

    // Of connected nodes that are up, of each class the highest.
    item::Floors highest_floors() const;
    // `floors`: these.
    bool is_due(ItemNumber number, std::uint32_t at, const item::Floors& floors) const;

private:
    bool has_room(std::uint32_t at, std::uint64_t bytes) const;

    const RunView& view_;
    const LostItems lost_;
};

}  // namespace hearsay::sim
