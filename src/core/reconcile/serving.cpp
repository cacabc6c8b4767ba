#include "core/reconcile/serving.hpp"

#include "base/limits/budgets.hpp"
#include "base/limits/relay.hpp"
#include "core/messages.hpp"

namespace hearsay::core {

bool Serving::send_piece(base::LinkId link, base::Now now, const StoreView& view,
                         std::uint32_t hops, base::TokenBucket& budget, Traffic& traffic,
                         Effects& out) {
    namespace limits = base::limits;
    std::vector<item::ReadPtr> items;
    std::size_t bytes = 0;
    while (!wanted_.empty() && bytes < limits::exchange_piece_bytes &&
           budget.left(limits::bulk_rate, now.mono) > 0 &&
           traffic.may_send(Use::rounds, now.mono)) {
        const base::ItemId id = wanted_.front();
        wanted_.pop_front();
        item::ReadPtr item = view.get(id);
        if (!item || item->header.expires <= now.wall) continue;
        bytes += item->item.size();
        traffic.on_sent(Use::rounds, item->item.size(), now.mono);
        budget.charge(limits::bulk_rate, static_cast<std::int64_t>(item->item.size()), now.mono);
        items.push_back(std::move(item));
    }
    for (std::size_t from = 0; from < items.size();)
        out.push_back(Send{link, encode_items(items, from, hops)});
    waits_ = items.empty() && !wanted_.empty();
    under_way_ = waits_ || !items.empty();
    return under_way_;
}

}  // namespace hearsay::core
