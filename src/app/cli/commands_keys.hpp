// app/cli/commands_keys.hpp - the commands about personas, recovery and backups.
#pragma once

#include "app/cli/commands.hpp"

namespace hearsay::app::cli {

std::span<const CommandSpec> identity_commands();
std::span<const CommandSpec> backup_commands();

}  // namespace hearsay::app::cli
