// sim/users/disks.hpp - disks that are lost or full, and users who come back by their words or by a
// backup.
//
//   1. A lost disk takes the vault, the own store and the flood store, and what was on its way out
//      and nobody else holds. The node's address stays, and its user names the peers again.
//   2. Minutes later the node begins with an empty disk, and its user gives the command: the words,
//      or a backup of up to ten minutes before the loss. What was not kept, over a crash say, is
//      tried again; until it is kept, nobody does anything else with the node.
//   3. A full disk keeps nothing for up to a minute. The node pauses as hearsayd does.
// Who has no market, or came back a moment ago, loses no disk.
#pragma once

#include "sim/checks/lost_items.hpp"
#include "sim/cluster.hpp"
#include "sim/post.hpp"

namespace hearsay::sim {

class Disks final : public Observer {
public:
    Disks(Cluster& cluster, Oracle& oracle, Post& post, LostItems& lost, Failures& failures,
          base::Rng& fault_rng, base::Rng& person_rng);

    // Its user writes a backup, and loses the disk some minutes later.
    void back_up(std::uint32_t at);
    void come_back(std::uint32_t at);
    void on_full(std::uint32_t at);

    void on(const DiskLost& event);
    void on(const ReturnDue& event) { come_back(event.node); }
    void on(const DiskMended& event);
    void finish(Outcome& out) override;

private:
    base::Result<void> restore(const SimNode& node, market::Market& market,
                               const market::Turn& turn) const;

    Cluster& cluster_;
    Nodes& nodes_;
    EventQueue<Event>& events_;
    Oracle& oracle_;
    Post& post_;
    LostItems& lost_;
    Failures& failures_;
    base::Rng& fault_rng_;
    base::Rng& person_rng_;
    std::size_t disks_lost_ = 0;
    std::size_t came_back_ = 0;
    std::size_t disks_full_ = 0;
};

}  // namespace hearsay::sim
