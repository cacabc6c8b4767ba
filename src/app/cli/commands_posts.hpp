// app/cli/commands_posts.hpp - the commands about profiles and posts.
#pragma once

#include <span>

#include "app/cli/commands.hpp"

namespace hearsay::app::cli {

std::span<const CommandSpec> post_commands();

}  // namespace hearsay::app::cli
