// app/cli/commands_trade.hpp - the rows of the table of commands (commands.hpp)
// that are about trades and ratings.
#pragma once

#include <span>

#include "app/cli/commands.hpp"

namespace hearsay::app::cli {

std::span<const CommandSpec> trade_commands();

}  // namespace hearsay::app::cli
