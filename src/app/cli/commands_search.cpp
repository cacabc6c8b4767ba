#include "app/cli/commands_search.hpp"

#include <algorithm>
#include <array>

#include "app/cli/command_parts.hpp"

namespace hearsay::app::cli {

namespace {

constexpr std::array<std::string_view, 3> sorts{"newest", "relevance", "price"};

void page_options(po::options_description& options) {
    options.add_options()("sort", po::value<std::string>()->value_name("ORDER"),
                          "newest (if not given), relevance or price, the cheapest first");
    options.add_options()("currency", po::value<std::string>()->value_name("CODE"),
                          "only with a price in it, such as EUR; --sort price needs it");
    limit_option(options);
    options.add_options()("all", po::bool_switch(), "all pages, one after the other");
}
void search_options(po::options_description& options) {
    options.add_options()("without",
                          po::value<std::vector<std::string>>()->composing()->value_name("WORD"),
                          "nothing with this word; may be repeated");
    options.add_options()("by", po::value<std::string>()->value_name("PERSONA"),
                          "only what this persona published: its address (hsp1...)");
    options.add_options()("kind", po::value<std::string>()->value_name("KIND"),
                          "only this kind of item: offer");
    options.add_options()("tag", po::value<std::string>()->value_name("TAG"), "only with this tag");
    page_options(options);
}

std::expected<SearchCommand, std::string> page_of(const po::variables_map& given) {
    SearchCommand out;
    out.sort = text_of(given, "sort");
    if (!out.sort.empty() && std::ranges::find(sorts, out.sort) == sorts.end())
        return std::unexpected("--sort: expected newest, relevance or price");
    out.currency = text_of(given, "currency");
    if (out.sort == "price" && out.currency.empty())
        return std::unexpected("--sort price needs --currency, such as EUR");
    const auto limit = limit_of(given);
    if (!limit) return std::unexpected(limit.error());
    out.limit = *limit;
    out.all = given["all"].as<bool>();
    return out;
}

Built build_search(const po::variables_map& given) {
    auto out = page_of(given);
    if (!out) return std::unexpected(out.error());
    const auto words = [&](const char* name) {
        return given.count(name) == 0 ? std::vector<std::string>{}
                                      : given[name].as<std::vector<std::string>>();
    };
    // What is left out stands first: the last word is also the beginning of one.
    for (const std::string& word : words("without")) out->words += "-" + word + " ";
    for (const std::string& word : words("words"))
        out->words += (out->words.empty() || out->words.ends_with(' ') ? "" : " ") + word;
    out->by = text_of(given, "by");
    out->kind = text_of(given, "kind");
    out->tag = text_of(given, "tag");
    return *std::move(out);
}

Built build_store(const po::variables_map& given) {
    auto persona = id_of(given, "persona",
                         "the address of a persona (hsp1...); \"by\" in what a search shows");
    if (!persona) return std::unexpected(persona.error());
    auto out = page_of(given);
    if (!out) return std::unexpected(out.error());
    out->by = *std::move(persona);
    return *std::move(out);
}

constexpr std::array<CommandSpec, 2> table{{
    {"search", "", "words...",
     "[WORD...] [--without WORD] [--by PERSONA] [--kind KIND] [--tag TAG] [--sort ORDER] [--all]",
     "find what is offered, on your own disk",
     "Finds the offers that have all the words, newest first. Nobody is asked: the node searches\n"
     "what it holds. The last word may be only the beginning of one. Case and accents do not "
     "count.\n"
     "Words in quotes stand one after the other. Without words it lists everything. If nothing is\n"
     "found, a word at one edit from yours is tried, and told.\n\n"
     "Examples:\n  hearsay search bicycle berlin\n  hearsay search '\"city bike\"' --without "
     "electric\n"
     "  hearsay search bike --sort relevance --json\n",
     search_options, build_search},
    {"store", "", "persona", "PERSONA [--sort ORDER] [--limit N] [--all]",
     "all that one persona offers", "Examples:\n  hearsay store hsp1...\n", page_options,
     build_store},
}};

}  // namespace

std::span<const CommandSpec> search_commands() {
    return table;
}

}  // namespace hearsay::app::cli
