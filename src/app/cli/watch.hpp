// app/cli/watch.hpp - `hearsay status`: once, watching, or waiting for a state.
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
