// app/cli/run_watches.hpp - carries out what is about watches.
#pragma once

#include "app/cli/client.hpp"
#include "app/cli/invocation.hpp"
#include "app/cli/run.hpp"

namespace hearsay::app::cli {

// "run" goes on until it is interrupted. Matches that come while a program runs wait at the node,
// which keeps the last 1,000 events.
int run_watches(const WatchCommand& command, const Client& client, bool json, Terminal& terminal);

}  // namespace hearsay::app::cli
