#include "sim/faults.hpp"

#include "sim/population.hpp"

namespace hearsay::sim {
namespace {

using base::Millis;

constexpr Millis tick(10'000);
constexpr Millis calm_after_loss(3'600'000);

}  // namespace

Faults::Faults(const RunOptions& options, Cluster& cluster, Network& network, Disks& disks,
               LostItems& lost, base::Rng& rng)
    : options_(options),
      cluster_(cluster),
      nodes_(cluster.nodes()),
      events_(cluster.events()),
      network_(network),
      disks_(disks),
      lost_(lost),
      rng_(rng) {}

void Faults::plan_late(Millis publishing) {
    const base::MonoTime from = cluster_.clock().faults_at() + publishing;
    for (std::uint32_t at = 0; at < nodes_.size(); ++at)
        if (nodes_[at].late)
            events_.push(from + rng_.between(Millis(30'000), Millis(120'000)), NodeStarts{at});
}

void Faults::plan() {
    const Scenario& scenario = options_.scenario;
    const base::MonoTime begin = cluster_.clock().faults_at();
    events_.push(begin, FaultsDue{});
    if (scenario.partition != 0) {
        events_.push(begin + Millis(scenario.faults_s * 250), PartitionBegins{});
        if (scenario.partition == 1)
            events_.push(begin + Millis(scenario.faults_s * 750), PartitionEnds{});
    }
    if (scenario.lose > 0) events_.push(cluster_.clock().calm_at() - calm_after_loss, NodesLost{});
}

// How many of `population` it meets in one tick.
std::uint64_t Faults::due(std::int64_t percent_an_hour, std::uint64_t population) {
    const std::uint64_t share = static_cast<std::uint64_t>(percent_an_hour) * population *
                                static_cast<std::uint64_t>(tick.count() / 1000);
    constexpr std::uint64_t whole = 100 * 3600;
    return share / whole + (rng_.below(whole) < share % whole ? 1 : 0);
}

std::uint32_t Faults::victim() {
    return static_cast<std::uint32_t>(rng_.below(nodes_.size()));
}

void Faults::on(const FaultsDue&) {
    if (cluster_.clock().is_calm()) return;
    const Scenario& scenario = options_.scenario;
    // The network has lived for days in which nothing happened. Nobody notices: only dates change.
    cluster_.clock().grow_older(base::Seconds(scenario.age_s));
    stop_some();
    for (std::uint64_t left = due(scenario.jump, nodes_.size()); left > 0; --left) {
        const Millis by = rng_.between(Millis(-scenario.jump_s), Millis(scenario.jump_s));
        nodes_[victim()].skew = base::Seconds(by.count());
    }
    break_disks();
    break_links();
    events_.push(cluster_.now() + tick, FaultsDue{});
}

void Faults::stop_some() {
    const Scenario& scenario = options_.scenario;
    const auto return_after = [&](std::uint32_t at, Millis least, Millis most) {
        events_.push(cluster_.now() + rng_.between(least, most), NodeStarts{at});
    };
    for (std::uint64_t left = due(scenario.churn, nodes_.size()); left > 0; --left) {
        const std::uint32_t at = victim();
        if (!nodes_[at].online) continue;
        cluster_.stop(at);
        return_after(at, Millis(60'000), Millis(600'000));
    }
    for (std::uint64_t left = due(scenario.crash, nodes_.size()); left > 0; --left) {
        const std::uint32_t at = victim();
        if (!nodes_[at].online || !nodes_[at].honest) continue;
        nodes_[at].crash = static_cast<Crash>(1 + rng_.below(crash_kinds));
        return_after(at, Millis(65'000), Millis(180'000));
    }
}

// Nothing is drawn where nothing is to happen: other scenarios keep their bytes.
void Faults::break_disks() {
    const Scenario& scenario = options_.scenario;
    const auto each = [&](std::int64_t percent, auto act) {
        if (percent == 0) return;
        for (std::uint64_t left = due(percent, nodes_.size()); left > 0; --left) act(victim());
    };
    each(scenario.recover,
         [this](std::uint32_t at) { disks_.on(DiskLost{at, ComesBack::by_words}); });
    each(scenario.restore, [this](std::uint32_t at) { disks_.back_up(at); });
    each(scenario.full, [this](std::uint32_t at) {
        if (nodes_[at].is_in_use())
            nodes_[at].broken = static_cast<Crash>(1 + rng_.below(broken_kinds));
    });
}

void Faults::break_links() {
    const Scenario& scenario = options_.scenario;
    const std::uint64_t links = network_.open_count();
    const std::uint64_t cuts = due(scenario.cut, links);
    for (std::uint64_t left = cuts + due(scenario.stall, links) * 2; left > 0; --left) {
        const SimNode& node = nodes_[victim()];
        if (node.wires.empty()) continue;
        const std::uint64_t number = node.wires[rng_.below(node.wires.size())];
        if (rng_.below(2) == 0 && scenario.cut > 0)
            network_.cut(number, Millis(10'000));
        else
            network_.stall(number, rng_.below(2), cluster_.now() + Millis(60'000));
    }
}

void Faults::on(const PartitionBegins&) {
    const Scenario& scenario = options_.scenario;
    const base::MonoTime until = scenario.partition == 1
                                     ? cluster_.now() + Millis(scenario.faults_s * 500)
                                     : cluster_.clock().calm_at();
    network_.part(until, rng_);
}

void Faults::on(const NodesLost&) {
    std::vector<std::uint32_t> order(nodes_.size());
    for (std::uint32_t at = 0; at < order.size(); ++at) order[at] = at;
    for (std::size_t at = order.size(); at > 1; --at)
        std::swap(order[at - 1], order[rng_.below(at)]);
    order.resize(nodes_.size() * static_cast<std::size_t>(options_.scenario.lose) / 100);
    for (const std::uint32_t at : order) cluster_.stop_for_ever(at);
    find_connected(nodes_, options_.discovers());
    lost_.judge_all();
    cluster_.observers().tell<&Observer::on_nodes_lost>(order);
}

void Faults::mend_all() {
    network_.heal();
    network_.unstall_all();
    for (std::uint32_t at = 0; at < nodes_.size(); ++at) {
        SimNode& node = nodes_[at];
        node.skew = base::Seconds(0);
        node.crash = Crash::no;
        if (node.engine && !node.engine->is_paused()) node.broken = Crash::no;
        if (!node.online)
            events_.push(cluster_.now() + rng_.between(Millis(0), Millis(60'000)), NodeStarts{at});
    }
}

}  // namespace hearsay::sim
