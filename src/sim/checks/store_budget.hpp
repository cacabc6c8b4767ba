// sim/checks/store_budget.hpp - what a full network may do to a node's store:
//   S12  no node holds more bytes than its budget, once a step is applied
//   S13  no incumbent is evicted (core/retention/retention.hpp, rule 3)
// Which items made room at which node is remembered: nobody can be blamed for lacking those.
#pragma once

#include "sim/failures.hpp"

namespace hearsay::sim {

class StoreBudget final : public Observer {
public:
    StoreBudget(const RunView& view, Failures& failures) : view_(view), failures_(failures) {}

    // Incumbents that nodes took in, and those of them that made room.
    std::uint64_t incumbents() const { return incumbents_; }
    std::uint64_t incumbents_evicted() const { return incumbents_evicted_; }
    std::uint64_t evicted() const { return evicted_; }

    void on_step(std::uint32_t at, const core::Input& input, const core::Effects& effects) override;
    void on_applied(std::uint32_t at, const core::Input& input,
                    const core::Effects& effects) override;

private:
    const RunView& view_;
    Failures& failures_;
    std::uint64_t incumbents_ = 0;
    std::uint64_t incumbents_evicted_ = 0;
    std::uint64_t evicted_ = 0;
};

}  // namespace hearsay::sim
