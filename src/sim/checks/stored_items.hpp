// sim/checks/stored_items.hpp - what a node may store, of each step against the store that it was
// decided on:
//   S1  only genuine items: byte for byte what their maker made
//   S2  nothing expired by the node's own clock, and nothing from more than future_max ahead
//   S3  nothing that was superseded or removed there, nor an older version of what it had
//   S1  and likewise of a better nonce, which shows more work than the one before
//   S5  nothing twice; and the user is told of what is stored, and of nothing else
#pragma once

#include "sim/checks/holdings.hpp"
#include "sim/failures.hpp"

namespace hearsay::sim {

class StoredItems final : public Observer {
public:
    StoredItems(const RunView& view, const Holdings& holdings, Failures& failures)
        : view_(view), holdings_(holdings), failures_(failures) {}

    void on_step(std::uint32_t at, const core::Input& input, const core::Effects& effects) override;

private:
    void check(std::uint32_t at, const item::Read& item);
    void check(std::uint32_t at, const core::Improve& better);

    const RunView& view_;
    const Holdings& holdings_;
    Failures& failures_;
};

}  // namespace hearsay::sim
