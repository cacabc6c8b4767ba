// sim/joining.hpp - runs in which nobody is given a graph: whom a node knows when it comes, and who
// comes and goes for ever.
//
//   1. All know the seeds; a newcomer knows one random node that is up and linked.
//   2. A newcomer that is linked to nobody after two minutes asks its user for another address.
//   3. Seeds may go for ever when the faults begin, others over the faults. What nobody else holds
//      is lost with them.
//   4. Sybils come within a minute of the begin of the faults.
//   5. All honest nodes may restart once, a quarter of the faults before the calm.
#pragma once

#include "sim/checks/lost_items.hpp"
#include "sim/cluster.hpp"

namespace hearsay::sim {

class Joining {
public:
    Joining(const RunOptions& options, Cluster& cluster, LostItems& lost, base::Rng& rng);

    // Once the phases of the run are known.
    void plan();
    // What a core is told beyond what its node remembers.
    void advise(std::uint32_t at, core::NodeOptions& out);

    void on(const NewcomerLooks& event);
    void on(const NodeLeaves& event);
    void on(const NodeRestarts& event);

private:
    std::optional<base::PeerId> random_live(std::uint32_t but);

    const RunOptions& options_;
    Cluster& cluster_;
    Nodes& nodes_;
    EventQueue<Event>& events_;
    LostItems& lost_;
    base::Rng& rng_;
};

}  // namespace hearsay::sim
