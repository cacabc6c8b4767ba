#include "app/cli/commands_search.hpp"

#include <algorithm>
#include <array>

#include "app/cli/command_parts.hpp"

namespace hearsay::app::cli {

namespace {

constexpr std::array<std::string_view, 3> sorts{"newest", "relevance", "price"};

// Each is a parameter of GET /v1/search, with _ for -.
struct FieldOption {
    const char* name;
    const char* value;
    const char* help;
};
constexpr std::array<FieldOption, 13> field_options{{
    {"side", "SIDE", "only what is offered, or wanted"},
    {"category", "PATH", "only this category and all below it, such as sport/bicycles"},
    {"country", "CODE", "only in this country, such as DE"},
    {"geohash", "LETTERS", "only in this region, 1 to 4 letters of a geohash, such as u33"},
    {"condition", "WORD", "only new, like-new, good, used or for-parts"},
    {"delivery", "WAYS", "only with one of these ways of delivery, such as post,pick-up"},
    {"payment", "WAYS", "only with one of these ways of payment, such as cash or cash,xmr"},
    {"language", "CODE", "only in this language, such as de; of profiles: that is spoken"},
    {"status", "WORD", "only active, reserved or sold"},
    {"price-min", "AMOUNT", "only from this price on; needs --currency"},
    {"price-max", "AMOUNT", "only up to this price; needs --currency"},
    {"rating", "STARS", "only with this rating or a better one, 1 to 5, such as 4 or 4.5"},
    {"rated", "N", "only what so many personas rated, or more"},
}};

void page_options(po::options_description& options) {
    options.add_options()("sort", po::value<std::string>()->value_name("ORDER"),
                          "newest (if not given), relevance or price, the cheapest first");
    limit_option(options);
    options.add_options()("all", po::bool_switch(), "all pages, one after the other");
    show_hidden_option(options);
}
void field_options_of(po::options_description& options) {
    for (const FieldOption& each : field_options)
        options.add_options()(each.name, po::value<std::string>()->value_name(each.value),
                              each.help);
    options.add_options()("currency", po::value<std::string>()->value_name("CODE"),
                          "only with a price in it, such as EUR; --sort price needs it");
}

}  // namespace

void what_options(po::options_description& options) {
    options.add_options()("without",
                          po::value<std::vector<std::string>>()->composing()->value_name("WORD"),
                          "nothing with this word; may be repeated");
    options.add_options()("by", po::value<std::string>()->value_name("PERSONA"),
                          "only what this persona published: its address (hsp1...), the name of "
                          "one of yours, or what you call a friend");
    options.add_options()("kind", po::value<std::string>()->value_name("KIND"),
                          "what to find: offer (if not given), post or profile");
    options.add_options()("tag", po::value<std::string>()->value_name("TAG"), "only with this tag");
    field_options_of(options);
}

namespace {

void search_options(po::options_description& options) {
    what_options(options);
    page_options(options);
}
void store_options(po::options_description& options) {
    field_options_of(options);
    page_options(options);
}

std::optional<std::string> read_fields(const po::variables_map& given, SearchCommand& out) {
    out.currency = text_of(given, "currency");
    for (const FieldOption& each : field_options) {
        const std::string value = text_of(given, each.name);
        if (value.empty()) continue;
        std::string parameter = each.name;
        std::ranges::replace(parameter, '-', '_');
        if (parameter.starts_with("price_") && out.currency.empty())
            return "--" + std::string(each.name) + " needs --currency, such as EUR";
        out.fields.emplace_back(std::move(parameter), value);
    }
    return std::nullopt;
}

// Order and page, and the fields.
std::optional<std::string> read_page(const po::variables_map& given, SearchCommand& out) {
    if (auto problem = read_fields(given, out)) return problem;
    out.sort = text_of(given, "sort");
    if (!out.sort.empty() && std::ranges::find(sorts, out.sort) == sorts.end())
        return "--sort: expected newest, relevance or price";
    if (out.sort == "price" && out.currency.empty())
        return "--sort price needs --currency, such as EUR";
    const auto limit = limit_of(given);
    if (!limit) return limit.error();
    out.limit = *limit;
    out.all = given["all"].as<bool>();
    out.show_hidden = given["show-hidden"].as<bool>();
    return std::nullopt;
}

}  // namespace

std::expected<SearchCommand, std::string> what_of(const po::variables_map& given) {
    SearchCommand out;
    if (auto problem = read_fields(given, out)) return std::unexpected(*problem);
    const auto words = [&](const char* name) {
        return given.count(name) == 0 ? std::vector<std::string>{}
                                      : given[name].as<std::vector<std::string>>();
    };
    // What is left out stands first: the last word is also the beginning of one.
    for (const std::string& word : words("without")) out.words += "-" + word + " ";
    for (const std::string& word : words("words"))
        out.words += (out.words.empty() || out.words.ends_with(' ') ? "" : " ") + word;
    out.by = text_of(given, "by");
    out.kind = text_of(given, "kind");
    out.tag = text_of(given, "tag");
    return out;
}

std::vector<std::pair<std::string, std::string>> parameters_of(const SearchCommand& command) {
    std::vector<std::pair<std::string, std::string>> out;
    for (const auto& [name, value] :
         {std::pair("q", &command.words), std::pair("by", &command.by),
          std::pair("kind", &command.kind), std::pair("tag", &command.tag),
          std::pair("sort", &command.sort), std::pair("currency", &command.currency)})
        if (!value->empty()) out.emplace_back(name, *value);
    out.insert(out.end(), command.fields.begin(), command.fields.end());
    return out;
}

namespace {

Built build_search(const po::variables_map& given) {
    auto out = what_of(given);
    if (!out) return std::unexpected(out.error());
    out->fields.clear();
    if (auto problem = read_page(given, *out)) return std::unexpected(*problem);
    return *std::move(out);
}

Built build_store(const po::variables_map& given) {
    auto persona = named_somebody(given);
    if (!persona) return std::unexpected(persona.error());
    SearchCommand out;
    if (auto problem = read_page(given, out)) return std::unexpected(*problem);
    out.by = *std::move(persona);
    return out;
}

constexpr std::array<CommandSpec, 2> table{{
    {"search", "", "words...",
     "[WORD...] [--without WORD] [--by PERSONA] [--kind KIND] [--FIELD VALUE] [--sort ORDER] "
     "[--all]",
     "find what is offered, on your own disk",
     "Finds the offers that have all the words, newest first; with --kind, posts or profiles.\n"
     "Nobody is asked: the node searches what it holds. The last word may be only the beginning "
     "of\n"
     "one. Case and accents do not count. Words in quotes stand one after the other. Without "
     "words\n"
     "it lists everything. If nothing is found, a word at one edit from yours is tried, and told.\n"
     "\n"
     "Examples:\n  hearsay search bicycle berlin\n  hearsay search '\"city bike\"' --without "
     "electric\n"
     "  hearsay search bike --category sport --country DE --price-max 100 --currency EUR\n"
     "  hearsay search bike --rating 4 --rated 3\n"
     "  hearsay search bike --sort relevance --json\n",
     search_options, build_search},
    {"store", "", "persona", "PERSONA [--FIELD VALUE] [--sort ORDER] [--limit N] [--all]",
     "all that one persona offers", "Examples:\n  hearsay store hsp1...\n", store_options,
     build_store},
}};

}  // namespace

std::span<const CommandSpec> search_commands() {
    return table;
}

}  // namespace hearsay::app::cli
