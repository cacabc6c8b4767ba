// app/cli/watch.hpp - `hearsay status`: once, watching, or waiting for a state.
//
// The status is asked for again when the node tells of an event, and once a second at least. On a
// terminal it has a screen of its own (the alternate one), which never scrolls: what has no room in
// it is counted, and a new size of the window holds at once.
// Elsewhere each line that changed is printed, or with --json each status that did. When the output
// takes nothing more, it ends with the reason.
#pragma once

#include <string>
#include <string_view>

#include "app/cli/client.hpp"
#include "app/cli/run.hpp"

namespace hearsay::api {
class Status;
}

namespace hearsay::app::cli {

// `text` from the top left corner on, for a screen of this size; what was there before is cleared.
std::string drawn(std::string_view text, std::size_t width, std::size_t height);
bool reached(Until until, const api::Status& status);
int run_status(const StatusCommand& command, const Client& client, bool json, Terminal& terminal);

}  // namespace hearsay::app::cli
