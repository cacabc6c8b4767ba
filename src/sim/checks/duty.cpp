#include "sim/checks/duty.hpp"

#include <algorithm>

#include "base/limits/retention.hpp"
#include "item/kinds/picture.hpp"
#include "sim/hiding.hpp"

namespace hearsay::sim {

item::Floors Duty::highest_floors() const {
    item::Floors out{};
    if (!view_.options.has_budget()) return out;
    for (const SimNode& node : view_.nodes)
        if (node.connected && node.honest && node.engine && !node.engine->is_paused())
            out = item::higher(out, node.engine->core().retention().floors());
    // Of a class that one of them takes nothing of the others compare everything.
    std::ranges::replace(out, item::level_max, item::Level{});
    return out;
}

bool Duty::has_room(std::uint32_t at, std::uint64_t bytes) const {
    const std::uint64_t budget = view_.options.budget_bytes();
    const std::uint64_t spare = budget / 100 * base::limits::floor_room;
    return view_.nodes[at].store.shelves().bytes() + bytes + spare <= budget;
}

bool Duty::is_due(ItemNumber number, std::uint32_t at, const item::Floors& floors) const {
    const Made& made = view_.oracle[number];
    if (made.purpose == Purpose::attack) return false;
    if (made.item->header.kind == item::kind_picture && !view_.nodes[at].takes_pictures)
        return false;
    if (lays_aside(view_.nodes[at], at, made)) return false;
    if (!view_.options.has_budget()) return true;
    return item::is_above(item::standing_of(*made.item), floors) &&
           has_room(at, core::stored_bytes(made.item->item.size())) && lost_.is_held(number);
}

}  // namespace hearsay::sim
