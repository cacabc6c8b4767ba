// sim/experiments.hpp - what one `run` of a scenario is: usually one World; with lose_each one for
// each share of nodes that crash for ever (Chen and Taylor's section 7: how much of the data is
// found when g of n nodes crash).
#pragma once

#include "sim/world.hpp"

namespace hearsay::sim {

// With lose_each the figures are those of the first World, shares found are the lowest of all
// Worlds, and every World's own follow by name and % lost: found_share_full_g30.
// Failures are those of all.
Outcome run_scenario(const RunOptions& options);

}  // namespace hearsay::sim
