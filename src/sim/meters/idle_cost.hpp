// sim/meters/idle_cost.hpp - what discovery costs a node in the last hour before the calm, if the
// scenario asks: bytes of Hello, Find and Contacts at both ends of each link, and circuits.
#pragma once

#include "sim/event_queue.hpp"
#include "sim/observer.hpp"

namespace hearsay::sim {

class IdleCost final : public Observer {
public:
    IdleCost(const RunView& view, EventQueue<Event>& events) : view_(view), events_(events) {}

    // Once the phases of the run are known.
    void begin();
    void on(const IdleHourBegins&) { measures_ = true; }
    void on_dial(std::uint32_t from) override;
    void on_sent(std::uint32_t from, std::uint32_t to, const core::FramePtr& frame) override;
    void on_calm() override { measures_ = false; }
    void finish(Outcome& out) override;

private:
    const RunView& view_;
    EventQueue<Event>& events_;
    bool measures_ = false;
    std::size_t bytes_ = 0;
    std::size_t dials_ = 0;
};

}  // namespace hearsay::sim
