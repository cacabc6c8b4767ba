// app/cli/watch.hpp - `hearsay status`: once, watching, or waiting for a state.
//
// The status is asked for again when the node tells of an event, and once a second at least. On a
// terminal it is redrawn in place; elsewhere each line that changed is printed,
// or with --json each status that did.
#pragma once

#include "app/cli/client.hpp"
#include "app/cli/run.hpp"

namespace hearsay::api {
class Status;
}

namespace hearsay::app::cli {

bool reached(Until until, const api::Status& status);
int run_status(const StatusCommand& command, const Client& client, bool json, Terminal& terminal);

}  // namespace hearsay::app::cli
