// sim/meters/fullness.hpp - what a full network keeps, and what it takes of a node: stores beside
// their budgets, bytes sent, floors over the time, and what was there before.
//
// Looked at once a minute from the begin of the faults on. The run goes on in the calm until all
// floors are back at 0, as long as calm_s allows.
#pragma once

#include "sim/checks/store_budget.hpp"
#include "sim/event_queue.hpp"
#include "sim/users/publishing.hpp"

namespace hearsay::sim {

class Fullness final : public Observer {
public:
    Fullness(const RunView& view, const StoreBudget& budget, const Publishing& publishing,
             EventQueue<Event>& events)
        : view_(view), budget_(budget), publishing_(publishing), events_(events) {}

    // Once the phases of the run are known; nothing happens where nodes have no budget.
    void begin();
    void on(const FloorsLooked&);
    void on_step(std::uint32_t at, const core::Input& input, const core::Effects& effects) override;
    void on_sent(std::uint32_t from, std::uint32_t to, const core::FramePtr& frame) override;
    bool is_done() const override;
    void finish(Outcome& out) override;

private:
    struct Look {
        double at_s = 0;
        item::Floors highest{};
        item::Level median = 0;  // over nodes, of each one's highest
        double held_most = 0;    // bytes by the budget
    };
    Look look() const;
    void add_kept(Outcome& out) const;
    void add_aimed(Outcome& out) const;
    base::MonoTime attack_from() const;

    const RunView& view_;
    const StoreBudget& budget_;
    const Publishing& publishing_;
    EventQueue<Event>& events_;
    std::vector<Look> looks_;
    std::optional<base::MonoTime> back_;  // all floors at 0, since then
    std::vector<std::uint64_t> sent_;     // bytes, by node
    std::vector<std::uint32_t> evicted_;  // times, by item
};

}  // namespace hearsay::sim
