// sim/users/attackers.hpp - who floods the network with items that show their work.
//
//   1. Attackers have so many hashes a second (attack_mhs). Every attack_step they spend what they
//      have on as many items as it buys, each at the lowest level that the peers of the one who
//      floods it take: the highest floor that these told. What is too little for one more is kept.
//   2. Hashes are counted, not made: an item of a level costs what item::required_work() expects.
//   3. A budget is 2 GiB in truth. Where nodes have less, attackers have as much less: to fill it
//      takes as long, and as many doublings of the price (docs/simulator.md, "Full networks").
//   4. Byzantine nodes flood in turn, each over all its links, as a peer does that brings what is
//      new. Ids may be ground so that they lie beside those of every second offer (aim = 1).
#pragma once

#include "sim/users/publishing.hpp"

namespace hearsay::sim {

class Attackers final : public Observer {
public:
    Attackers(const RunOptions& options, Cluster& cluster, Oracle& oracle, Publishing& publishing,
              base::Rng& rng);

    // Once the phases of the run are known.
    void plan();
    void on(const AttackDue&);
    void finish(Outcome& out) override;

private:
    static constexpr std::uint64_t budget_in_truth_kib = 2 << 20;
    bool make_one();
    std::optional<base::ItemId> next_aim();

    const RunOptions& options_;
    Cluster& cluster_;
    Oracle& oracle_;
    Publishing& publishing_;
    base::Rng& rng_;
    std::vector<std::uint32_t> spammers_;
    std::size_t turn_ = 0;
    std::uint64_t hashes_ = 0;  // not spent yet
    std::size_t made_ = 0;
    std::uint64_t bytes_ = 0;
    item::Level highest_ = 0;
};

}  // namespace hearsay::sim
