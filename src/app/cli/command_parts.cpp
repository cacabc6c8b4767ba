#include "app/cli/command_parts.hpp"

#include <algorithm>

#include "app/cli/text.hpp"
#include "base/limits/api.hpp"
#include "base/limits/items.hpp"

namespace hearsay::app::cli {

std::string text_of(const po::variables_map& given, const char* name) {
    return given.count(name) != 0 ? given[name].as<std::string>() : std::string();
}

std::expected<std::uint32_t, std::string> lifetime_of(const po::variables_map& given) {
    if (given.count("lifetime") == 0) return 0;
    const std::optional<base::Seconds> span = parse_lifetime(given["lifetime"].as<std::string>());
    if (!span || *span > base::limits::lifetime_max)
        return std::unexpected(
            "--lifetime: expected a number with m, h or d, such as 90m, 12h or 7d, at most 15d");
    return static_cast<std::uint32_t>(span->count());
}

std::expected<TextSource, std::string> text_source_of(const po::variables_map& given) {
    TextSource out;
    if (given.count("text") != 0) out.text = given["text"].as<std::string>();
    if (given.count("text-file") != 0) out.file = given["text-file"].as<std::string>();
    if (out.text && out.file) return std::unexpected("give --text or --text-file, not both");
    return out;
}

std::expected<std::size_t, std::string> limit_of(const po::variables_map& given) {
    constexpr std::size_t standard = 100;
    if (given.count("limit") == 0) return standard;
    const std::string text = given["limit"].as<std::string>();
    std::size_t number = 0;
    if (text.size() <= 4 &&
        std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
        for (const char c : text) number = number * 10 + static_cast<std::size_t>(c - '0');
    if (number < 1 || number > 1000)
        return std::unexpected("--limit: expected a number from 1 to 1000");
    return number;
}

std::expected<std::uint32_t, std::string> number_of(const po::variables_map& given,
                                                    const char* name, std::uint32_t least,
                                                    std::uint32_t most) {
    if (given.count(name) == 0) return 0;
    const std::string text = given[name].as<std::string>();
    std::uint32_t number = 0;
    const bool digits =
        !text.empty() && text.size() <= 9 &&
        std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    for (const char c : digits ? text : std::string())
        number = number * 10 + static_cast<std::uint32_t>(c - '0');
    if (!digits || number < least || number > most)
        return std::unexpected("--" + std::string(name) + ": expected a number from " +
                               std::to_string(least) + " to " + std::to_string(most));
    return number;
}

std::expected<std::string, std::string> id_of(const po::variables_map& given, const char* name,
                                              const char* what) {
    std::string id = text_of(given, name);
    const bool fine =
        !id.empty() && id.size() <= 100 && std::all_of(id.begin(), id.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   c == '.';
        });
    if (!fine) return std::unexpected(std::string("expected ") + what);
    return id;
}

std::expected<std::string, std::string> published_id(const po::variables_map& given,
                                                     std::string_view group, std::string_view one) {
    const std::string what = std::string(one) + "'s id or its first 8 digits or more; \"hearsay " +
                             std::string(group) + " list\" shows them";
    return id_of(given, "id", what.c_str());
}

std::expected<std::string, std::string> named_persona(const po::variables_map& given) {
    std::string out = text_of(given, "persona");
    const bool fine =
        !out.empty() && out.size() <= 100 && std::all_of(out.begin(), out.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   c == '.' || c == '_' || c == '-';
        });
    if (!fine)
        return std::unexpected(
            "expected PERSONA: an address (hsp1...), a name or main; \"hearsay identity list\" "
            "shows them");
    return out;
}

std::expected<ListPart, std::string> list_part_of(const po::variables_map& given) {
    const auto limit = limit_of(given);
    if (!limit) return std::unexpected(limit.error());
    const auto page = number_of(given, "page", 1, base::limits::api_listed_max);
    if (!page) return std::unexpected(page.error());
    ListPart out{*limit, std::max<std::size_t>(1, *page), given["all"].as<bool>()};
    if (out.all && *page != 0) return std::unexpected("give --all or --page, not both");
    return out;
}

std::expected<std::string, std::string> anybody_of(const po::variables_map& given,
                                                   const char* option) {
    std::string out = text_of(given, option);
    constexpr std::size_t bytes_max = 100;
    if (out.size() > bytes_max || safe_line(out) != out)
        return std::unexpected(
            "expected a persona: an address (hsp1...), the name of one of yours, main, or what you "
            "call a friend");
    return out;
}

std::expected<std::string, std::string> named_somebody(const po::variables_map& given) {
    auto out = anybody_of(given, "persona");
    if (out && out->empty())
        return std::unexpected(
            "expected PERSONA: an address (hsp1...), the name of one of yours, main, or what you "
            "call a friend");
    return out;
}

void text_options(po::options_description& options) {
    options.add_options()("text", po::value<std::string>()->value_name("TEXT"),
                          "the text itself: of an offer or a post up to 8 kB, of a mail up to "
                          "32 KiB with what is attached");
    options.add_options()("text-file", po::value<std::string>()->value_name("FILE"),
                          "read the text from FILE, or from standard input if it is -");
}

void as_option(po::options_description& options) {
    options.add_options()(
        "as", po::value<std::string>()->value_name("PERSONA"),
        "the address or name of the persona that signs; all that it signs is linked");
}

void list_options(po::options_description& options) {
    options.add_options()("mine", po::bool_switch(), "only your own");
    part_options(options);
    show_hidden_option(options);
}

void renew_option(po::options_description& options) {
    options.add_options()("renew", po::bool_switch(),
                          "publish it anew before it ends, until you remove it");
}

void show_hidden_option(po::options_description& options) {
    options.add_options()("show-hidden", po::bool_switch(), "also what your lists hide");
}

void limit_option(po::options_description& options) {
    options.add_options()("limit", po::value<std::string>()->value_name("N"),
                          "at most N, newest first (1 to 1000; 100)");
}

void part_options(po::options_description& options) {
    limit_option(options);
    options.add_options()("page", po::value<std::string>()->value_name("N"),
                          "the N-th page of them (1)");
    options.add_options()("all", po::bool_switch(), "all pages, up to 10,000 entries");
}

}  // namespace hearsay::app::cli
