// app/cli/commands_mail.hpp - the commands about mail and who may write it.
#pragma once

#include "app/cli/commands.hpp"

namespace hearsay::app::cli {

std::span<const CommandSpec> mail_commands();

}  // namespace hearsay::app::cli
