// app/cli/commands_search.hpp - the commands that search what the node holds.
#pragma once

#include <span>

#include "app/cli/commands.hpp"

namespace hearsay::app::cli {

std::span<const CommandSpec> search_commands();

// What is searched, without order and page: for watches, too.
void what_options(po::options_description& options);
std::expected<SearchCommand, std::string> what_of(const po::variables_map& given);
// As GET /v1/search names them, but for the page; not encoded.
std::vector<std::pair<std::string, std::string>> parameters_of(const SearchCommand& command);

}  // namespace hearsay::app::cli
