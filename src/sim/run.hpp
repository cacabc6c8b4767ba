// sim/run.hpp - what is asked of a run, and what comes of it.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/effects.hpp"
#include "core/node.hpp"
#include "market/effects.hpp"
#include "sim/scenario.hpp"

namespace hearsay::sim {

struct RunOptions {
    Scenario scenario;
    std::uint32_t nodes = 100;  // 2 to nodes_max
    std::uint32_t offers = 20;  // 1 to offers_max
    std::uint64_t seed = 1;
    core::RelayMode relay = core::RelayMode::tree;
    std::string changes{};  // to the scenario, as words of the command that replays it
    // Outcome::curve is wanted: a walk over all stores every five seconds of calm
    bool curve = false;
    // For tests: what a broken core would have wanted instead, to see that the checks notice.
    std::function<void(std::uint32_t node, core::Effects&)> sabotage{};
    std::function<void(std::uint32_t node, market::Effects&)> sabotage_market{};

    // Nobody is given a graph: nodes find each other.
    bool discovers() const { return scenario.discover != 0; }
    // A node's store has a budget that may be used up.
    bool has_budget() const { return scenario.budget_kib > 0; }
    core::TrafficLimits traffic_limits() const {
        return {static_cast<std::uint64_t>(scenario.upload_limit) << 10,
                static_cast<std::uint64_t>(scenario.download_limit) << 10};
    }
    std::uint64_t budget_bytes() const {
        return static_cast<std::uint64_t>(scenario.budget_kib) << 10;
    }
};
// In a run of up to so many nodes every honest one has a market from its first start on. In a
// larger one only those that publish or write have, from then on: the others' would make nothing
// and open nothing, and ten thousand vaults with their keys, each mail tried with all of them,
// would be most of the run.
inline constexpr std::uint32_t all_persons_max = 200;
// When a run begins, by the true time, on the scenario's day.
inline constexpr base::Seconds begin_of_day{8 * 3600};
inline constexpr std::uint32_t nodes_max = 100'000;
inline constexpr std::uint32_t offers_max = 100'000;

// Which items were everywhere in time (meters/timely.hpp).
struct Timeliness {
    // that were alive when they were due, or everywhere at the end of the run
    std::uint64_t items = 0;
    std::uint64_t late = 0;
    // From an item's making to the last node, of all items that came to any; ms.
    std::uint64_t everywhere_t50_ms = 0;
    std::uint64_t everywhere_t99_ms = 0;
    std::uint64_t everywhere_most_ms = 0;
    std::vector<std::string> reasons;  // why an item was late, a sentence each; at most reasons_max

    static constexpr std::size_t reasons_max = 20;
    double share() const {
        return items == 0 ? 1.0 : 1.0 - static_cast<double>(late) / static_cast<double>(items);
    }
};

struct Outcome {
    double delivered_share = 0;      // of (live item, honest connected node) pairs at the end
    double copies_per_delivery = 0;  // copies from honest to honest nodes, by first ones stored
    double bytes_per_delivery = 0;   // all frames from honest to honest nodes, by the same
    double bytes_per_node = 0;       // the same bytes by honest nodes
    // From the moment in which an honest node that did not make the item got it (or the receiver's
    // start) to stored.
    std::uint64_t t50_ms = 0;
    std::uint64_t t99_ms = 0;
    std::vector<std::uint32_t> delay_percentiles;  // 0 to 100, ms
    // From publication to the moment in which the maker heard it back and stored it.
    std::uint64_t back_t50_ms = 0;
    std::uint64_t back_t99_ms = 0;
    std::vector<std::pair<std::uint32_t, double>> curve;  // ms of calm, delivered_share then
    std::uint64_t deliveries = 0;
    std::uint64_t settled_ms = 0;  // from the begin of the calm until everything was everywhere
    Timeliness timely;             // of the honest items, their warm-up aside
    std::uint64_t steps = 0;       // of honest nodes
    std::vector<std::pair<std::string, double>> extra;  // of experiments, by name
    // Over the time: seconds from the begin of the faults and a value; only with `curve`.
    std::vector<std::pair<std::string, std::vector<std::pair<double, double>>>> series;
    std::string digest;
    std::vector<std::string> failures;  // first those of steps, at most Failures::most of them
    std::string trace;                  // of the node of the first failure

    void add(const std::string& name, double value) { extra.emplace_back(name, value); }
};

}  // namespace hearsay::sim
