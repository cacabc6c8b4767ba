// app/cli/commands_search.hpp - the commands that search what the node holds.
#pragma once

#include <span>

#include "app/cli/commands.hpp"

namespace hearsay::app::cli {

std::span<const CommandSpec> search_commands();

// What is searched for, for other commands that work on what is found. `words` is positional.
void search_options(po::options_description& options);
std::expected<SearchCommand, std::string> search_of(const po::variables_map& given);

}  // namespace hearsay::app::cli
