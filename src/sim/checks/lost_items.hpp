// sim/checks/lost_items.hpp - items that nobody can be asked for: when the last who had them was
// lost, no connected node held them.
#pragma once

#include "sim/observer.hpp"

namespace hearsay::sim {

class LostItems {
public:
    explicit LostItems(const RunView& view) : view_(view) {}

    bool contains(ItemNumber number) const { return number < lost_.size() && lost_[number]; }
    // By a connected node.
    bool is_held(ItemNumber number) const;
    // Somebody was lost who may have been the last to have it.
    void judge(ItemNumber number);
    void judge_all();

private:
    const RunView& view_;
    std::vector<bool> lost_;
};

}  // namespace hearsay::sim
