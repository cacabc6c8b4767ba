// sim/checks/hearsay.hpp - S10: a node tells others only of nodes that answered a dial of its own.
#pragma once

#include <unordered_set>

#include "sim/failures.hpp"
#include "sim/wire.hpp"

namespace hearsay::sim {

class Hearsay final : public Observer {
public:
    Hearsay(const RunView& view, Wires& wires, Failures& failures)
        : view_(view), wires_(wires), failures_(failures) {}

    void on_answered(std::uint32_t from, std::uint32_t to) override;
    void on_applied(std::uint32_t at, const core::Input& input,
                    const core::Effects& effects) override;

private:
    void check(std::uint32_t at, const core::Send& send);

    const RunView& view_;
    Wires& wires_;
    Failures& failures_;
    std::vector<std::unordered_set<std::uint32_t>> answered_;  // by who dialled; never walked
};

}  // namespace hearsay::sim
