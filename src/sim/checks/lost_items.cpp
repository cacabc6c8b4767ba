#include "sim/checks/lost_items.hpp"

#include <algorithm>

namespace hearsay::sim {

bool LostItems::is_held(ItemNumber number) const {
    const base::ItemId& id = view_.oracle[number].item->id;
    return std::ranges::any_of(
        view_.nodes, [&](const SimNode& node) { return node.connected && node.holds(id); });
}

void LostItems::judge(ItemNumber number) {
    if (lost_.size() <= number) lost_.resize(number + 1);
    lost_[number] = !is_held(number);
}

void LostItems::judge_all() {
    for (ItemNumber number = 0; number < view_.oracle.size(); ++number) judge(number);
}

}  // namespace hearsay::sim
