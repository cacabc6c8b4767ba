// app/cli/commands_lists.hpp - the commands of lists of what is hidden or recommended, and of
// watches.
#pragma once

#include <span>

#include "app/cli/commands.hpp"

namespace hearsay::app::cli {

std::span<const CommandSpec> list_commands();

}  // namespace hearsay::app::cli
