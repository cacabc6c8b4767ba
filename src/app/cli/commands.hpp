// app/cli/commands.hpp - the table of commands: their words, options, help and meaning.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>

#include <boost/program_options.hpp>

#include "app/cli/invocation.hpp"

namespace hearsay::app::cli {

namespace po = boost::program_options;

using Built = std::expected<Command, std::string>;  // the string says what was wrong

struct CommandSpec {
    std::string_view group;     // "offer", or the whole command if `verb` is empty
    std::string_view verb;      // "publish"
    std::string_view argument;  // the positional ones with a blank between, or empty;
                                // the last may end in "..." and takes all that follow
    std::string_view usage;     // what follows the command's words
    std::string_view summary;
    std::string_view details;  // and examples
    void (*add_options)(po::options_description& options);
    Built (*build)(const po::variables_map& given);

    std::string words() const;
};

std::span<const CommandSpec> commands();
// Those that every command takes.
po::options_description common_options();
// For a terminal of so many columns (layout.hpp).
std::string general_help(std::size_t columns);
std::string command_help(const CommandSpec& spec, std::size_t columns);
std::string group_help(std::string_view group, std::size_t columns);
std::string version_text();

}  // namespace hearsay::app::cli
