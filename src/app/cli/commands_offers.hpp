// app/cli/commands_offers.hpp - the commands about offers.
#pragma once

#include <span>

#include "app/cli/commands.hpp"

namespace hearsay::app::cli {

std::span<const CommandSpec> offer_commands();

}  // namespace hearsay::app::cli
