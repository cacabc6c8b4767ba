// sim/faults.hpp - what goes wrong in a run, and when: drawn from the seed, at the rates that the
// scenario names.
//
// Every ten seconds of the faults phase: nodes leave and return, crash at one of four points of a
// turn, clocks jump, disks are lost or full, links are cut or stall. Besides, each at its moment:
// a partition, nodes that are lost for ever, and the calm, in which all is mended.
#pragma once

#include "sim/checks/lost_items.hpp"
#include "sim/network.hpp"
#include "sim/users/disks.hpp"

namespace hearsay::sim {

class Faults {
public:
    Faults(const RunOptions& options, Cluster& cluster, Network& network, Disks& disks,
           LostItems& lost, base::Rng& rng);

    // Nodes that come after the last offer, which is published within `publishing`.
    void plan_late(base::Millis publishing);
    // Once the phases of the run are known.
    void plan();

    void on(const FaultsDue&);
    void on(const NodesLost&);
    void on(const PartitionBegins&);
    void on(const PartitionEnds&) { network_.heal(); }
    // Clocks are right, disks mended, links flow, all nodes come back within a minute.
    void mend_all();

private:
    std::uint64_t due(std::int64_t percent_an_hour, std::uint64_t population);
    std::uint32_t victim();
    void stop_some();
    void break_disks();
    void break_links();

    const RunOptions& options_;
    Cluster& cluster_;
    Nodes& nodes_;
    EventQueue<Event>& events_;
    Network& network_;
    Disks& disks_;
    LostItems& lost_;
    base::Rng& rng_;
};

}  // namespace hearsay::sim
