#include "sim/checks/store_budget.hpp"

namespace hearsay::sim {

// Before it is applied: what is forgotten still lies where it did.
void StoreBudget::on_step(std::uint32_t at, const core::Input&, const core::Effects& effects) {
    for (const core::Effect& effect : effects) {
        const auto* forget = std::get_if<core::Forget>(&effect);
        if (!forget || forget->reason != core::ForgetReason::evicted) continue;
        ++evicted_;
        if (view_.nodes[at].store.pile(forget->id) != core::pile_incumbents) continue;
        ++incumbents_evicted_;
        const auto number = view_.oracle.find(forget->id);
        failures_.add(at, "S13: it evicts an incumbent, item " +
                              (number ? std::to_string(*number) : "unknown"));
    }
}

void StoreBudget::on_applied(std::uint32_t at, const core::Input&, const core::Effects& effects) {
    bool stored = false;
    for (const core::Effect& effect : effects) {
        const auto* store = std::get_if<core::Store>(&effect);
        if (!store) continue;
        stored = true;
        incumbents_ += store->pile == core::pile_incumbents ? 1 : 0;
    }
    if (!stored) return;
    const std::uint64_t held = view_.nodes[at].store.shelves().bytes();
    const std::uint64_t budget = view_.nodes[at].engine->core().retention().budget_bytes();
    if (held > budget)
        failures_.add(at, "S12: it holds " + std::to_string(held) + " bytes of a budget of " +
                              std::to_string(budget));
}

}  // namespace hearsay::sim
