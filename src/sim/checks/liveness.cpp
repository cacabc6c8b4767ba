#include "sim/checks/liveness.hpp"

namespace hearsay::sim {

std::optional<std::string> Liveness::missing() const {
    const item::Floors floors = duty_.highest_floors();
    for (ItemNumber number = 0; number < view_.oracle.size(); ++number) {
        const bool live = view_.is_live(number);
        // expired: the sweep takes its time
        if (!live && view_.oracle[number].newer.empty()) continue;
        if (lost_.contains(number)) continue;
        for (std::uint32_t at = 0; at < view_.nodes.size(); ++at) {
            const SimNode& node = view_.nodes[at];
            if (!node.connected || view_.holds(at, number) == live) continue;
            if (!duty_.is_due(number, at, floors)) continue;
            return "liveness: node " + std::to_string(at) +
                   (live ? " lacks item " : " still holds superseded item ") +
                   std::to_string(number) + (node.online ? "" : ", and is down");
        }
    }
    return std::nullopt;
}

void Liveness::note() {
    if (view_.options.curve)
        curve_.emplace_back(
            static_cast<std::uint32_t>((view_.now() - view_.clock.calm_at()).count()),
            delivered_share());
}

double Liveness::delivered_share() const {
    const item::Floors floors = duty_.highest_floors();
    std::uint64_t wanted = 0;
    std::uint64_t held = 0;
    for (ItemNumber number = 0; number < view_.oracle.size(); ++number) {
        if (!view_.is_live(number) || lost_.contains(number)) continue;
        if (view_.oracle[number].purpose == Purpose::attack) continue;
        for (std::uint32_t at = 0; at < view_.nodes.size(); ++at) {
            if (!view_.nodes[at].connected) continue;
            const bool holds = view_.holds(at, number);
            if (!holds && !duty_.is_due(number, at, floors)) continue;
            ++wanted;
            held += holds ? 1 : 0;
        }
    }
    return wanted == 0 ? 1.0 : static_cast<double>(held) / static_cast<double>(wanted);
}

void Liveness::finish(Outcome& out) {
    out.delivered_share = delivered_share();
    out.curve = curve_;
}

}  // namespace hearsay::sim
