// app/cli/command_parts.hpp - options and arguments that several commands share,
// and how they are read.
#pragma once

#include <expected>
#include <string>

#include "app/cli/commands.hpp"

namespace hearsay::app::cli {

inline void no_options(po::options_description&) {}
void text_options(po::options_description& options);  // --text, --text-file
void limit_option(po::options_description& options);
void list_options(po::options_description& options);  // --limit, --page, --all
void as_option(po::options_description& options);     // --as: the persona that signs

// Empty if it was not given.
std::string text_of(const po::variables_map& given, const char* name);
// The errors say what was expected.
std::expected<std::uint32_t, std::string> lifetime_of(const po::variables_map& given);
std::expected<TextSource, std::string> text_source_of(const po::variables_map& given);
std::expected<std::size_t, std::string> limit_of(const po::variables_map& given);
std::expected<ListPart, std::string> list_part_of(const po::variables_map& given);
// 0 if it was not given.
std::expected<std::uint32_t, std::string> number_of(const po::variables_map& given,
                                                    const char* name, std::uint32_t least,
                                                    std::uint32_t most);
// Ids and addresses travel in the path of a request.
std::expected<std::string, std::string> id_of(const po::variables_map& given, const char* name,
                                              const char* what);
// A persona's address, an own one's name, what a friend is called, or main: in `option`. It travels
// encoded.
std::expected<std::string, std::string> anybody_of(const po::variables_map& given,
                                                   const char* option);
// A persona's address or name, or main. Names travel in the path of a request, too.
std::expected<std::string, std::string> named_persona(const po::variables_map& given);

}  // namespace hearsay::app::cli
