// app/cli/commands_search.hpp - the commands that search what the node holds.
#pragma once

#include <span>

#include "app/cli/commands.hpp"

namespace hearsay::app::cli {

std::span<const CommandSpec> search_commands();

}  // namespace hearsay::app::cli
