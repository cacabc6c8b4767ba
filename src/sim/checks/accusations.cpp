#include "sim/checks/accusations.hpp"

namespace hearsay::sim {

void Accusations::on_applied(std::uint32_t at, const core::Input&, const core::Effects& effects) {
    for (const core::Effect& effect : effects)
        if (const auto* gone = std::get_if<core::Disconnect>(&effect)) check(at, *gone);
}

void Accusations::check(std::uint32_t at, const core::Disconnect& gone) {
    const Wire* wire = wires_.find(static_cast<std::uint64_t>(gone.link));
    if (!wire || !gone.fault || base::cost(*gone.fault) != base::Cost::link) return;
    const std::uint32_t other = wire->ends[1 - wire->end_of(at)].node;
    if (view_.nodes[other].honest)
        failures_.add(at, "S8: it ends the link to honest node " + std::to_string(other) + " for " +
                              std::string(base::name(*gone.fault)));
}

}  // namespace hearsay::sim
