#include "app/node/audits.hpp"

#include <algorithm>

namespace hearsay::app {

void Audits::begin(const item::ThingId& thing, const base::ItemId& item, base::WallTime now) {
    std::erase_if(results_, [&](const Result& result) { return result.thing == thing; });
    if (results_.size() >= results_max) results_.pop_front();
    core::Audited none;
    none.id = item;
    results_.push_back({thing, now, false, none});
}

void Audits::on_audited(const core::Audited& audited) {
    const auto found = std::ranges::find_if(
        results_, [&](const Result& result) { return result.counted.id == audited.id; });
    if (found == results_.end()) return;
    found->over = true;
    found->counted = audited;
}

const Audits::Result* Audits::find(const item::ThingId& thing) const {
    const auto found = std::ranges::find(results_, thing, &Result::thing);
    return found == results_.end() ? nullptr : &*found;
}

}  // namespace hearsay::app
