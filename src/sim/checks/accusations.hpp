// sim/checks/accusations.hpp - S8: no honest node ends the link to an honest one for a fault that
// only a liar commits. What honest nodes say is right, whatever the clocks are and whatever breaks.
#pragma once

#include "sim/failures.hpp"
#include "sim/wire.hpp"

namespace hearsay::sim {

class Accusations final : public Observer {
public:
    Accusations(const RunView& view, Wires& wires, Failures& failures)
        : view_(view), wires_(wires), failures_(failures) {}

    void on_applied(std::uint32_t at, const core::Input& input,
                    const core::Effects& effects) override;

private:
    void check(std::uint32_t at, const core::Disconnect& gone);

    const RunView& view_;
    Wires& wires_;
    Failures& failures_;
};

}  // namespace hearsay::sim
