// app/cli/run_posts.hpp - carries out what sets a profile or publishes a post. The text of a
// command is read before.
#pragma once

#include <string>

#include "app/cli/client.hpp"
#include "app/cli/invocation.hpp"
#include "app/cli/run.hpp"

namespace hearsay::app::cli {

// Reads the profile, if there is one, changes what was named, and puts it back.
int run_profile_set(const ProfileSet& command, const std::string& about, const Client& client,
                    bool json, Terminal& terminal);
int run_post(const PostPublish& command, const std::string& text, const Client& client, bool json,
             Terminal& terminal);

}  // namespace hearsay::app::cli
