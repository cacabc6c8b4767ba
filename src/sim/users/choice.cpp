#include "sim/users/choice.hpp"

namespace hearsay::sim {
namespace {

constexpr base::Seconds maker_skew_max(100 * 60);
constexpr base::Millis finds_within(600'000);

}  // namespace

bool clock_fits(const SimNode& node) {
    return node.skew <= maker_skew_max && node.skew >= -maker_skew_max;
}

bool has_settled_in(const SimNode& node, base::MonoTime now) {
    return node.is_in_use() &&
           (node.came_back == base::MonoTime{} || now >= node.came_back + finds_within);
}

std::optional<std::uint32_t> random_user(const Nodes& nodes, base::Rng& rng) {
    for (int tries = 0; tries < 1000; ++tries) {
        const auto at = static_cast<std::uint32_t>(rng.below(nodes.size()));
        const SimNode& node = nodes[at];
        const bool usable = node.online && node.comes_back == ComesBack::no &&
                            !(node.engine && node.engine->is_paused());
        if (node.honest && node.connected && usable && !node.late && clock_fits(node)) return at;
    }
    return std::nullopt;
}

}  // namespace hearsay::sim
