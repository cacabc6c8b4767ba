// sim/meters/deliveries.hpp - how long items take, and what that costs.
//
// Copies and bytes are those of frames that arrive from the begin of the faults phase on, from
// honest to honest nodes. A delivery is the first time that a connected node stores an item that is
// no warm-up and no attacker's. Its delay runs from the moment in which the item got out, or from
// the node's start.
#pragma once

#include "sim/checks/holdings.hpp"
#include "sim/checks/secrecy.hpp"

namespace hearsay::sim {

class Deliveries final : public Observer {
public:
    // Told before `holdings`: what is not marked there yet is new.
    Deliveries(const RunView& view, const Holdings& holdings, const Secrecy& secrecy)
        : view_(view), holdings_(holdings), secrecy_(secrecy) {}

    void on_kept(std::uint32_t at, const core::Effects& kept) override;
    void on_arrival(const Arrival& arrival) override;
    void finish(Outcome& out) override;

private:
    const RunView& view_;
    const Holdings& holdings_;
    const Secrecy& secrecy_;
    std::uint64_t copies_ = 0;
    std::uint64_t bytes_ = 0;
    std::vector<std::uint32_t> delays_;   // ms, one a delivery
    std::vector<std::uint32_t> returns_;  // ms, one an item that came back to its maker
};

}  // namespace hearsay::sim
