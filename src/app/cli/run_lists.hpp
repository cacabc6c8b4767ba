// app/cli/run_lists.hpp - carries out what is about lists of what is hidden or recommended.
#pragma once

#include <string>

#include "app/cli/client.hpp"
#include "app/cli/invocation.hpp"
#include "app/cli/run.hpp"

namespace hearsay::app::cli {

// `about`: the text of a new one. Adding and removing reads the list, changes it, and puts it back.
int run_list(const ListCommand& command, const std::string& about, const Client& client, bool json,
             Terminal& terminal);

}  // namespace hearsay::app::cli
