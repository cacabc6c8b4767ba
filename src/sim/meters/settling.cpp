#include "sim/meters/settling.hpp"

#include <algorithm>

#include "sim/figures.hpp"

namespace hearsay::sim {
namespace {

using base::Millis;

constexpr Millis look_every(5'000);
constexpr std::size_t enough_links = 8;

}  // namespace

void Settling::begin() {
    from_ = view_.options.scenario.from_join != 0 ? view_.now() : view_.clock.calm_at();
    events_.push(from_ + look_every, SettlingLooked{});
}

// Of honest nodes that are up: how many have enough links, and how many parts the links between
// them make.
Settling::Graph Settling::look_at_links() const {
    const Nodes& nodes = view_.nodes;
    std::vector<std::uint32_t> part(nodes.size());
    for (std::uint32_t at = 0; at < part.size(); ++at) part[at] = at;
    const auto root = [&](std::uint32_t at) {
        while (part[at] != at) at = part[at] = part[part[at]];
        return at;
    };
    std::size_t up = 0;
    std::size_t linked = 0;
    std::size_t joined = 0;
    for (std::uint32_t at = 0; at < nodes.size(); ++at) {
        const SimNode& node = nodes[at];
        if (!node.counts() || !node.online) continue;
        ++up;
        std::size_t links = 0;
        for (const auto& [id, link] : node.engine->core().links().all()) {
            if (!link.stands()) continue;
            ++links;
            const std::uint32_t other = nodes.at(*link.peer);
            if (!nodes[other].counts() || !nodes[other].online || root(at) == root(other)) continue;
            part[root(at)] = root(other);
            ++joined;
        }
        linked += links >= enough_links ? 1 : 0;
    }
    return {share_of(linked, up), up - joined};
}

void Settling::on(const SettlingLooked&) {
    const Scenario& scenario = view_.options.scenario;
    graph_ = look_at_links();
    const bool all_here = std::ranges::all_of(view_.nodes, [](const SimNode& node) {
        return !node.counts() || node.online || node.late || node.newcomer;
    });
    if (all_here && graph_.connected_share == 1 && graph_.components == 1) {
        settled_ = view_.now();
        return look_ups_.begin();
    }
    const Millis most(scenario.settle_s > 0 ? scenario.settle_s * 1000 : scenario.calm_s * 1000);
    if (view_.now() - from_ < most) return events_.push(view_.now() + look_every, SettlingLooked{});
    look_ups_.begin();
}

void Settling::on_calm() {
    std::size_t up = 0;
    std::size_t one = 0;
    std::size_t two = 0;
    for (const SimNode& node : view_.nodes) {
        if (!node.counts() || !node.online) continue;
        ++up;
        std::size_t honest = 0;
        for (const auto& [id, link] : node.engine->core().links().all())
            if (link.outbound && link.stands() && view_.nodes[view_.nodes.at(*link.peer)].honest)
                ++honest;
        one += honest >= 1 ? 1 : 0;
        two += honest >= 2 ? 1 : 0;
    }
    one_honest_ = share_of(one, up);
    two_honest_ = share_of(two, up);
}

bool Settling::is_done() const {
    return settled_.has_value();
}

void Settling::finish(Outcome& out) {
    const Scenario& scenario = view_.options.scenario;
    const auto expect = [&](bool reached, const std::string& what) {
        if (!reached) out.failures.push_back(what);
    };
    out.settled_ms = settled_ ? static_cast<std::uint64_t>((*settled_ - from_).count()) : 0;
    out.add("connected_share", graph_.connected_share);
    out.add("components", static_cast<double>(graph_.components));
    out.add("two_honest_outbound_share", two_honest_);
    out.add("one_honest_outbound_share", one_honest_);
    expect(scenario.settle_s == 0 || settled_,
           "not settled within " + std::to_string(scenario.settle_s) + " s: " +
               std::to_string(100 * graph_.connected_share) + " % of the nodes have 8 links, in " +
               std::to_string(graph_.components) + " components");
    const auto percent = [](std::int64_t value) { return static_cast<double>(value) / 100; };
    expect(two_honest_ >= percent(scenario.two_honest_pct),
           "only " + std::to_string(100 * two_honest_) +
               " % of the nodes have two honest outbound links");
    expect(one_honest_ >= percent(scenario.one_honest_pct),
           "only " + std::to_string(100 * one_honest_) +
               " % of the nodes have an honest outbound link");
}

}  // namespace hearsay::sim
