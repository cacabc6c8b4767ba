// app/cli/commands_bulk.hpp - the commands that move many things between the node and a file.
#pragma once

#include <span>

#include "app/cli/commands.hpp"

namespace hearsay::app::cli {

std::span<const CommandSpec> bulk_offer_commands();
std::span<const CommandSpec> bulk_trade_commands();
std::span<const CommandSpec> bundle_commands();

}  // namespace hearsay::app::cli
