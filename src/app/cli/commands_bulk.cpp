#include "app/cli/commands_bulk.hpp"

#include <array>

#include "app/cli/command_parts.hpp"
#include "app/cli/commands_search.hpp"

namespace hearsay::app::cli {
namespace {

constexpr std::uint32_t contacts_usual = 50;
constexpr std::uint32_t contacts_most = 999;  // and this node
constexpr std::uint32_t items_most = 500'000;
constexpr std::size_t items_a_page = 1000;
constexpr std::uint32_t lines_most = 100'000'000;

std::expected<std::string, std::string> file_of(const po::variables_map& given) {
    std::string out = text_of(given, "file");
    if (out.empty()) return std::unexpected("expected FILE, or - for the standard stream");
    return out;
}

// ---- bundles ------------------------------------------------------------------------------------

void bundle_export_options(po::options_description& options) {
    options.add_options()("contacts", po::value<std::string>()->value_name("N"),
                          "so many nodes to try, of those that answered this one and are not "
                          "pinned, by chance; 0 to 999 (50)");
    options.add_options()("myself", po::bool_switch(),
                          "this node is one to try, too; then it is known who made the bundle");
    options.add_options()("items", po::value<std::string>()->value_name("N"),
                          "at most so many items, the newest (as many as fit)");
    what_options(options);
}

Built build_bundle_export(const po::variables_map& given) {
    BundleExport out;
    auto file = file_of(given);
    if (!file) return std::unexpected(file.error());
    out.file = *std::move(file);
    const bool none = text_of(given, "contacts") == "0";
    const auto contacts = none ? std::expected<std::uint32_t, std::string>(0)
                               : number_of(given, "contacts", 1, contacts_most);
    if (!contacts) return std::unexpected(contacts.error());
    out.contacts = given.count("contacts") == 0 ? contacts_usual : *contacts;
    out.myself = given["myself"].as<bool>();
    const auto items = number_of(given, "items", 1, items_most);
    if (!items) return std::unexpected(items.error());
    out.items = *items;
    auto search = what_of(given);
    if (!search) return std::unexpected(search.error());
    const bool asks = !search->words.empty() || !search->by.empty() || !search->kind.empty() ||
                      !search->tag.empty() || !search->currency.empty() || !search->fields.empty();
    search->limit = items_a_page;
    if (asks) out.search = *std::move(search);
    return BulkCommand(std::move(out));
}

Built build_bundle_import(const po::variables_map& given) {
    auto file = file_of(given);
    if (!file) return std::unexpected(file.error());
    return BulkCommand(BundleImport{*std::move(file)});
}

// ---- offers and trades --------------------------------------------------------------------------

void from_option(po::options_description& options) {
    options.add_options()("from", po::value<std::string>()->value_name("LINE"),
                          "pass over the lines before: to go on where it ended");
}
void csv_option(po::options_description& options) {
    options.add_options()("csv", po::bool_switch(), "a table with commas, for spreadsheets");
}

Built build_import(const po::variables_map& given) {
    auto file = file_of(given);
    if (!file) return std::unexpected(file.error());
    const auto from = number_of(given, "from", 1, lines_most);
    if (!from) return std::unexpected(from.error());
    return BulkCommand(OffersImport{*std::move(file), std::max<std::size_t>(1, *from)});
}

template <class T>
Built build_export(const po::variables_map& given) {
    auto file = file_of(given);
    if (!file) return std::unexpected(file.error());
    return BulkCommand(T{*std::move(file), given["csv"].as<bool>()});
}

constexpr std::array<CommandSpec, 2> offers{{
    {"offer", "import", "file", "FILE|- [--from LINE]", "publish many offers, one on each line",
     "Lines of JSON, as \"hearsay offer export\" writes them; or a table with commas, whose first "
     "line\n"
     "names the columns: title, text, price, currency and so on (see the manual page). A line that "
     "is\n"
     "wrong is told with its reason, and the others are published. Each has a persona of its "
     "own,\n"
     "unless its line names one of yours: what one persona offers is a storefront (hearsay "
     "store).\n"
     "They leave one by one, at random times of up to ten minutes.\n\n"
     "Examples:\n  hearsay offer import stock.csv\n  hearsay offer import stock.jsonl --from 120\n",
     from_option, build_import},
    {"offer", "export", "file", "FILE|- [--csv]",
     "write your own offers that are alive into a file",
     "What they say, not who signed them: imported, they are new offers. A table does not hold\n"
     "pictures.\n\n"
     "Examples:\n  hearsay offer export stock.jsonl\n  hearsay offer export - --csv > stock.csv\n",
     csv_option, build_export<OffersExport>},
}};

constexpr std::array<CommandSpec, 1> trades{{
    {"trade", "export", "file", "FILE|- [--csv]", "write all your trades into a file",
     "Lines of JSON with all messages, or a table without them. The file is not sealed.\n\n"
     "Examples:\n  hearsay trade export trades.jsonl\n  hearsay trade export 2026.csv --csv\n",
     csv_option, build_export<TradesExport>},
}};

constexpr std::array<CommandSpec, 2> bundles{{
    {"bundle", "export", "file words...",
     "FILE|- [WORD...] [--contacts N] [--myself] [--items N] [--kind KIND] [--FIELD VALUE]",
     "write what floods, and nodes to try, into a file to be carried",
     "All that is alive, or what a search finds: the options are those of \"hearsay search\". "
     "Nothing\n"
     "in the file tells who made it.\n\n"
     "Examples:\n  hearsay bundle export /media/stick/market.bundle\n"
     "  hearsay bundle export - bicycle --country DE | ssh friend hearsay bundle import -\n",
     bundle_export_options, build_bundle_export},
    {"bundle", "import", "file", "FILE|-", "take in what somebody carried here",
     "Each item is checked as if a peer had sent it; what is refused is counted by the reason. A "
     "file\n"
     "that is damaged is refused as a whole, and nothing is lost. Works without any peer.\n\n"
     "Examples:\n  hearsay bundle import /media/stick/market.bundle\n",
     no_options, build_bundle_import},
}};

}  // namespace

std::span<const CommandSpec> bulk_offer_commands() {
    return offers;
}
std::span<const CommandSpec> bulk_trade_commands() {
    return trades;
}
std::span<const CommandSpec> bundle_commands() {
    return bundles;
}

}  // namespace hearsay::app::cli
