// sim/meters/availability.hpp - what is found when nodes are lost for ever, and how long copies go
// on serving what was updated: of our stores, beside models of Kademlia storage (kademlia.hpp).
//
// The models see the same nodes come, go and crash, and the same things published, at the same
// moments. A thing is stored there under the id of its first version.
#pragma once

#include "sim/event_queue.hpp"
#include "sim/kademlia.hpp"
#include "sim/observer.hpp"

namespace hearsay::sim {

class Availability final : public Observer {
public:
    Availability(const RunView& view, EventQueue<Event>& events) : view_(view), events_(events) {}

    // The models begin, if the scenario has them.
    void begin(base::Rng& rng);
    void on(const ModelsTick&);

    void on_online(std::uint32_t at) override;
    void on_nodes_lost(const std::vector<std::uint32_t>& gone) override;
    void on_made(ItemNumber number) override;
    void on_kept(std::uint32_t at, const core::Effects& kept) override;
    void on_calm() override;
    void finish(Outcome& out) override;

private:
    void measure(const std::string& suffix);

    const RunView& view_;
    EventQueue<Event>& events_;
    std::vector<KademliaModel> models_;
    // ms: from an update to when a node that held the old one dropped it
    std::vector<std::uint32_t> stale_;
    std::vector<std::pair<std::string, double>> found_;
};

}  // namespace hearsay::sim
