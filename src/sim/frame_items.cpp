#include "sim/frame_items.hpp"

#include <algorithm>

#include "core/messages.hpp"
#include "sim/frames.hpp"

namespace hearsay::sim {

const std::vector<ItemNumber>& FrameItems::in(const core::FramePtr& frame) {
    if (kind_of(*frame) != frame_items) return none_;
    for (const Seen& seen : seen_)
        if (seen.frame == frame) return seen.items;
    Seen& seen = seen_[next_];
    next_ = (next_ + 1) % seen_.size();
    seen.frame = frame;
    seen.items.clear();
    auto message = core::parse(*frame);
    const auto* items = message ? std::get_if<core::Items>(&*message) : nullptr;
    if (!items) return seen.items;
    for (const item::Item& item : items->items) {
        const auto number = oracle_.find(item::id_of(item.header, item.signature));
        const bool genuine = number && oracle_[*number].item->item == item;
        seen.items.push_back(genuine ? *number : no_item);
    }
    return seen.items;
}

std::uint32_t FrameItems::counted_in(const core::FramePtr& frame) {
    const auto& items = in(frame);
    return static_cast<std::uint32_t>(
        std::count_if(items.begin(), items.end(), [&](ItemNumber number) {
            return number == no_item || oracle_[number].purpose != Purpose::warm_up;
        }));
}

}  // namespace hearsay::sim
