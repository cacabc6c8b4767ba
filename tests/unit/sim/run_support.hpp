// unit/sim/run_support.hpp - a run as tests want it, and what is asked of its outcome.
#pragma once

#include <string>
#include <vector>

#include "sim/world.hpp"

namespace hearsay::sim {

// The scenario, with these settings changed ("name=value").
RunOptions small_run(const std::string& scenario, std::uint32_t nodes, std::uint32_t offers,
                     const std::vector<std::string>& changes = {});
bool mentions(const std::vector<std::string>& lines, const std::string& words);
inline bool mentions(const Outcome& outcome, const std::string& words) {
    return mentions(outcome.failures, words);
}
// Of a figure that the run must have.
double figure(const Outcome& outcome, const std::string& name);

}  // namespace hearsay::sim
