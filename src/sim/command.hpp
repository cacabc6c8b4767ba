// sim/command.hpp - what `hearsay-sim` understands, what it prints and how it ends.
//
//   hearsay-sim run SCENARIO [--nodes N] [--offers M] [--seed S] [--relay tree|flood|announce]
//   [--json] [--points] hearsay-sim swarm SCENARIO [--nodes N] [--offers M] [--seed FIRST] [--seeds
//   HOW_MANY] [--json] hearsay-sim list
// `run` ends 0 if every check held and 1 if one failed: then it prints on stderr what failed, the
// command that replays it, and the last steps of the node concerned. `swarm` runs as many seeds,
// from FIRST on, in two processes, prints a line for each and ends 1 if any failed. A wrong request
// ends 2. --points adds what contrib/simulate report draws: percentiles of delays,
// and the share delivered by time.
#pragma once

#include <string>

#include "sim/world.hpp"

namespace hearsay::sim {

int command(int argc, char** argv);

// One JSON object without line ends; `seconds` is the processor time of the run (one thread),
// so that a busy machine does not blur steps_per_second.
std::string to_json(const RunOptions& options, const Outcome& outcome, double seconds);
std::string replay_command(const RunOptions& options);
std::string name_of(core::RelayMode relay);

}  // namespace hearsay::sim
