#include "core/reconcile/serving.hpp"

#include "base/limits/relay.hpp"
#include "core/messages.hpp"

namespace hearsay::core {

bool Serving::send_piece(base::LinkId link, base::Now now, const StoreView& view, std::uint32_t hops,
                         Effects& out) {
    std::vector<item::ReadPtr> items;
    std::size_t bytes = 0;
    while (!wanted_.empty() && bytes < base::limits::exchange_piece_bytes) {
        const base::ItemId id = wanted_.front();
        wanted_.pop_front();
        item::ReadPtr item = view.get(id);
        if (!item || item->header.expires <= now.wall) continue;
        bytes += item->item.size();
        items.push_back(std::move(item));
    }
    for (std::size_t from = 0; from < items.size();)
        out.push_back(Send{link, encode_items(items, from, hops)});
    under_way_ = !items.empty();
    return under_way_;
}

}  // namespace hearsay::core
