// sim/meters/look_ups.hpp - random look-ups by random honest nodes: what they cost, and how many of
// the truly nearest they find.
//
// What is nearest is told among all honest nodes that are up when the answer is there. A run fails
// if look-ups take more hops, or find less, than the scenario asks for.
#pragma once

#include <functional>
#include <map>

#include "sim/event_queue.hpp"
#include "sim/observer.hpp"

namespace hearsay::sim {

class LookUps final : public Observer {
public:
    // Has a node take this input.
    using Turn = std::function<void(std::uint32_t at, const core::Input& input)>;

    LookUps(const RunView& view, EventQueue<Event>& events, base::Rng& rng, Turn turn)
        : view_(view), events_(events), rng_(rng), turn_(std::move(turn)) {}

    // All that the scenario asks for, spread over two minutes from now.
    void begin();
    void on(const LookUpDue& event);
    void on_kept(std::uint32_t at, const core::Effects& kept) override;
    bool is_done() const override;
    void finish(Outcome& out) override;

private:
    void note(std::uint32_t at, const core::LookedUp& found);

    const RunView& view_;
    EventQueue<Event>& events_;
    base::Rng& rng_;
    const Turn turn_;
    // under way: when each began
    std::map<std::pair<std::uint32_t, base::NodeId>, base::MonoTime> asked_;
    std::vector<base::NodeId> places_;  // by node
    std::size_t ended_ = 0;
    std::size_t hops_ = 0;
    std::size_t questions_ = 0;
    std::size_t wanted_ = 0;
    std::size_t found_ = 0;
    std::vector<std::uint32_t> waits_;  // ms
};

}  // namespace hearsay::sim
