// sim/meters/spy_ring.hpp - how many makers the spies of a run name (spies.hpp), and whether that
// is more than luck.
//
// A run fails if their guesses hit more than 2 points above chance and three standard deviations.
#pragma once

#include "sim/observer.hpp"
#include "sim/spies.hpp"

namespace hearsay::sim {

class SpyRing final : public Observer {
public:
    explicit SpyRing(const RunView& view) : view_(view) {}

    void enlist(const std::vector<std::uint32_t>& nodes);
    void on_step(std::uint32_t at, const core::Input& input, const core::Effects& effects) override;
    void finish(Outcome& out) override;

private:
    const RunView& view_;
    Spies spies_;
};

}  // namespace hearsay::sim
