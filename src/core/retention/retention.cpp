#include "core/retention/retention.hpp"

#include "base/limits/relay.hpp"

namespace hearsay::core {

namespace limits = base::limits;

void Retention::on_timer(base::Now now, const StoreView& view, Effects& out) {
    if (now.mono < next_) return;
    const auto ids = view.expired(now.wall, limits::sweep_items_max);
    for (const base::ItemId& id : ids) {
        out.push_back(Forget{id, ForgetReason::expired, base::WallTime{}});
        out.push_back(Notify{ItemForgotten{id, ForgetReason::expired}});
    }
    out.push_back(Sweep{now.wall, limits::sweep_memories_max});
    const bool more = ids.size() == limits::sweep_items_max;
    next_ = more ? now.mono : now.mono + limits::sweep_interval;
}

}  // namespace hearsay::core
