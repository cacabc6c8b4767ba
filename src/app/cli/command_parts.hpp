// app/cli/command_parts.hpp - options and arguments that several commands share,
// and how they are read.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "app/cli/commands.hpp"

namespace hearsay::app::cli {

inline void no_options(po::options_description&) {}
void text_options(po::options_description& options);  // --text, --text-file
void limit_option(po::options_description& options);
// Of a list: --limit, --page, --all. Of what is published also --mine and --show-hidden.
void part_options(po::options_description& options);
void list_options(po::options_description& options);
void show_hidden_option(po::options_description& options);
void renew_option(po::options_description& options);
void as_option(po::options_description& options);  // --as: the persona that signs

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

// The argument PERSONA where a friend will do as well: as anybody_of(), and not empty.
std::expected<std::string, std::string> named_somebody(const po::variables_map& given);

// A command that lists what is published, and one that names one of it by its id.
template <class T>
Built build_list(const po::variables_map& given) {
    const auto part = list_part_of(given);
    if (!part) return std::unexpected(part.error());
    return T{*part, given["mine"].as<bool>(), given["show-hidden"].as<bool>()};
}
// `group` names its commands, `one` is for the error: "offer", "an offer".
std::expected<std::string, std::string> published_id(const po::variables_map& given,
                                                     std::string_view group, std::string_view one);

}  // namespace hearsay::app::cli
