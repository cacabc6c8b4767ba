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
        const base::ItemId id = item::id_of(item.header, item.signature);
        seen.items.push_back(oracle_.is_genuine(id, item) ? *oracle_.find(id) : no_item);
    }
    return seen.items;
}

std::uint32_t FrameItems::counted_in(const core::FramePtr& frame) {
    const auto& items = in(frame);
    return static_cast<std::uint32_t>(
        std::count_if(items.begin(), items.end(), [&](ItemNumber number) {
            return number == no_item || is_counted(oracle_[number].purpose);
        }));
}

}  // namespace hearsay::sim
