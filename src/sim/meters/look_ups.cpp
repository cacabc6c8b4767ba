#include "sim/meters/look_ups.hpp"

#include <algorithm>
#include <cmath>

#include "base/limits/discovery.hpp"
#include "core/discovery/routing_table.hpp"
#include "sim/figures.hpp"

namespace hearsay::sim {
namespace {

using base::Millis;

constexpr Millis within(120'000);

double per(std::size_t sum, std::size_t count) {
    return static_cast<double>(sum) / static_cast<double>(std::max<std::size_t>(count, 1));
}

}  // namespace

void LookUps::begin() {
    for (const SimNode& node : view_.nodes) places_.push_back(core::node_id_of(node.id));
    for (std::int64_t left = view_.options.scenario.lookups; left > 0; --left) {
        const auto at = static_cast<std::uint32_t>(rng_.below(view_.nodes.size()));
        events_.push(view_.now() + rng_.between(Millis(0), within), LookUpDue{at});
    }
}

void LookUps::on(const LookUpDue& event) {
    const SimNode& node = view_.nodes[event.node];
    if (!node.counts() || !node.online) {  // another one then
        const auto other = static_cast<std::uint32_t>(rng_.below(view_.nodes.size()));
        return events_.push(view_.now() + Millis(1), LookUpDue{other});
    }
    base::NodeId target;
    rng_.fill(target);
    asked_[{event.node, target}] = view_.now();
    turn_(event.node, core::LookUp{target});
}

void LookUps::on_kept(std::uint32_t at, const core::Effects& kept) {
    for (const core::Effect& effect : kept) {
        const auto* notify = std::get_if<core::Notify>(&effect);
        if (const auto* found = notify ? std::get_if<core::LookedUp>(&notify->notice) : nullptr)
            note(at, *found);
    }
}

void LookUps::note(std::uint32_t at, const core::LookedUp& found) {
    const auto asked = asked_.find({at, found.target});
    if (asked == asked_.end()) return;  // the node's own
    std::vector<std::uint32_t> nearest;
    for (std::uint32_t other = 0; other < view_.nodes.size(); ++other)
        if (other != at && view_.nodes[other].counts() && view_.nodes[other].online)
            nearest.push_back(other);
    const std::size_t most = std::min(nearest.size(), base::limits::bucket_contacts_max);
    std::partial_sort(nearest.begin(), nearest.begin() + static_cast<std::ptrdiff_t>(most),
                      nearest.end(), [&](std::uint32_t a, std::uint32_t b) {
                          return core::is_closer(found.target, places_[a], places_[b]);
                      });
    nearest.resize(most);
    wanted_ += most;
    for (const std::uint32_t other : nearest)
        found_ += std::ranges::find(found.found, view_.nodes[other].id) != found.found.end();
    ++ended_;
    hops_ += found.hops;
    questions_ += found.asked;
    waits_.push_back(static_cast<std::uint32_t>((view_.now() - asked->second).count()));
    asked_.erase(asked);
}

bool LookUps::is_done() const {
    return ended_ >= static_cast<std::size_t>(view_.options.scenario.lookups);
}

void LookUps::finish(Outcome& out) {
    const Scenario& scenario = view_.options.scenario;
    if (scenario.lookups == 0) return;
    const auto expect = [&](bool reached, const std::string& what) {
        if (!reached) out.failures.push_back(what);
    };
    const double hops = per(hops_, ended_);
    const double found = per(found_, wanted_);
    const double most = static_cast<double>(scenario.hops_pct) / 100 *
                        std::log2(static_cast<double>(view_.options.nodes));
    const auto waits = percentiles(waits_);
    out.add("lookup_hops", hops);
    out.add("lookup_questions", per(questions_, ended_));
    out.add("lookup_t50_ms", waits[50]);
    out.add("lookup_t99_ms", waits[99]);
    out.add("closest_found_share", found);
    expect(is_done(), "look-ups did not end");
    expect(scenario.hops_pct == 0 || hops <= most, "look-ups take " + std::to_string(hops) +
                                                       " hops, at most " + std::to_string(most) +
                                                       " are wanted");
    expect(found >= static_cast<double>(scenario.found_pct) / 100,
           "look-ups find " + std::to_string(100 * found) + " % of the true nearest");
}

}  // namespace hearsay::sim
