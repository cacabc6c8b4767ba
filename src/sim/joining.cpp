#include "sim/joining.hpp"

#include <algorithm>

#include "sim/population.hpp"

namespace hearsay::sim {
namespace {

using base::Millis;

constexpr Millis patience(120'000);
constexpr Millis sybils_within(60'000);
constexpr Millis restarts_within(300'000);

}  // namespace

Joining::Joining(const RunOptions& options, Cluster& cluster, LostItems& lost, base::Rng& rng)
    : options_(options),
      cluster_(cluster),
      nodes_(cluster.nodes()),
      events_(cluster.events()),
      lost_(lost),
      rng_(rng) {}

void Joining::plan() {
    const Scenario& scenario = options_.scenario;
    const Millis phase(scenario.faults_s * 1000);
    const base::MonoTime begin = cluster_.clock().faults_at();
    const auto share = [&](std::int64_t percent) {
        return static_cast<std::uint32_t>(std::int64_t{options_.nodes} * percent / 100);
    };
    const std::uint32_t first_newcomer = options_.nodes - share(scenario.newcomers);
    for (std::uint32_t at = 0; at < nodes_.size(); ++at) {
        const SimNode& node = nodes_[at];
        if (node.seed && scenario.seeds_die != 0) events_.push(begin, NodeLeaves{at});
        if (node.newcomer)
            events_.push(begin + rng_.between(Millis(0), phase), NodeStarts{at});
        else if (at < first_newcomer && at >= first_newcomer - share(scenario.leave))
            events_.push(begin + rng_.between(Millis(0), phase), NodeLeaves{at});
        if (node.sybil)
            events_.push(begin + rng_.between(Millis(0), sybils_within), NodeStarts{at});
        if (scenario.restart != 0 && node.honest)
            events_.push(begin + phase * 3 / 4 + rng_.between(Millis(0), restarts_within),
                         NodeRestarts{at});
    }
}

void Joining::advise(std::uint32_t at, core::NodeOptions& out) {
    SimNode& node = nodes_[at];
    out.discovery.discover = options_.discovers();
    if (!options_.discovers()) return;
    out.discovery.trust_age = options_.scenario.age != 0;
    out.candidates = node.own_store.candidates();
    if (node.newcomer) {
        if (!node.sponsor) node.sponsor = random_live(at);
        if (node.sponsor) out.discovery.bootstrappers = {*node.sponsor};
        return events_.push(cluster_.now() + patience, NewcomerLooks{{at, node.life}});
    }
    for (const SimNode& other : nodes_)
        if (other.seed && other.id != node.id) out.discovery.bootstrappers.push_back(other.id);
}

// Honest, up and linked to somebody.
std::optional<base::PeerId> Joining::random_live(std::uint32_t but) {
    for (int tries = 0; tries < 1000; ++tries) {
        const auto at = static_cast<std::uint32_t>(rng_.below(nodes_.size()));
        const SimNode& node = nodes_[at];
        if (at != but && node.honest && node.online && node.engine->core().links().count(true) > 0)
            return node.id;
    }
    return std::nullopt;
}

void Joining::on(const NewcomerLooks& event) {
    if (!nodes_.live(event.of)) return;
    const std::uint32_t at = event.of.node;
    const auto& links = nodes_[at].engine->core().links().all();
    if (std::ranges::any_of(links, [](const auto& entry) { return entry.second.stands(); })) return;
    events_.push(cluster_.now() + patience, event);
    if (const auto other = random_live(at)) cluster_.turn(at, core::Suggest{*other});
}

void Joining::on(const NodeLeaves& event) {
    cluster_.stop_for_ever(event.node);
    find_connected(nodes_, options_.discovers());
    for (const ItemNumber number : nodes_[event.node].own) lost_.judge(number);
}

void Joining::on(const NodeRestarts& event) {
    if (nodes_[event.node].online) cluster_.stop(event.node);
    events_.push(cluster_.now() + rng_.between(Millis(5'000), Millis(60'000)),
                 NodeStarts{event.node});
}

}  // namespace hearsay::sim
