#include "sim/checks/own_known.hpp"

#include <algorithm>

namespace hearsay::sim {

std::optional<std::string> HeardBack::missing() const {
    for (std::uint32_t at = 0; at < view_.nodes.size(); ++at) {
        const SimNode& node = view_.nodes[at];
        if (!node.person || !node.connected) continue;
        if (!node.has_market())
            return "liveness: the market of node " + std::to_string(at) + " is down";
        if (view_.options.has_budget() && node.engine->core().price() != item::Floors{}) continue;
        const market::Counts counts = node.engine->market().counts();
        if (counts.pending != 0)
            return "liveness: node " + std::to_string(at) + " has not heard back " +
                   std::to_string(counts.pending) + " things of its own";
    }
    return std::nullopt;
}

std::optional<std::string> OwnFound::missing() const {
    if (!disks_were_lost_) return std::nullopt;
    for (const Publishing::OwnOffer& offer : publishing_.offers()) {
        const SimNode& node = view_.nodes[offer.maker];
        const auto number = publishing_.newest(offer.thing);
        if (!node.connected || !node.has_market() || !number) continue;
        if (!view_.is_live(*number) || view_.oracle[*number].removal || !lost_.is_held(*number))
            continue;
        const auto own = node.engine->market().own_offers(node.own_store);
        if (std::ranges::none_of(own, [&](const auto& view) { return view.thing == offer.thing; }))
            return "liveness: node " + std::to_string(offer.maker) +
                   " does not know its own item " + std::to_string(*number);
    }
    return std::nullopt;
}

}  // namespace hearsay::sim
