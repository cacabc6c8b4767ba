#include "app/cli/commands.hpp"

#include <algorithm>
#include <array>
#include <sstream>

#include "app/cli/commands_trade.hpp"
#include "app/cli/text.hpp"
#include "base/limits.hpp"

#ifndef HEARSAY_VERSION
#error "CMake defines HEARSAY_VERSION"
#endif

namespace hearsay::app::cli {

namespace {

std::string text_of(const po::variables_map& given, const char* name) {
    return given.count(name) != 0 ? given[name].as<std::string>() : std::string();
}

void no_options(po::options_description&) {}

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
    if (number < 1 || number > 1000) return std::unexpected("--limit: expected a number from 1 to 1000");
    return number;
}

// Ids travel in the path of a request.
std::expected<std::string, std::string> id_of(const po::variables_map& given, const char* name,
                                              const char* what) {
    std::string id = text_of(given, name);
    const bool fine = !id.empty() && id.size() <= 100 && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
    });
    if (!fine) return std::unexpected(std::string("expected ") + what);
    return id;
}

void status_options(po::options_description& options) {
    options.add_options()("watch", po::bool_switch(), "keep showing it, until Ctrl-C");
    options.add_options()("until", po::value<std::string>()->value_name("STATE"),
                          "wait for STATE: ready (Tor has started), reachable (others can dial the node), "
                          "connected (a peer is linked) or synced (compared with a peer)");
    options.add_options()("timeout", po::value<std::string>()->value_name("TIME"),
                          "with --until: give up after TIME, such as 90s or 5m (exit code 5)");
}
Built build_status(const po::variables_map& given) {
    StatusCommand out;
    out.watch = given["watch"].as<bool>();
    const std::string until = text_of(given, "until");
    constexpr std::array<std::pair<std::string_view, Until>, 4> states{{{"ready", Until::ready},
                                                                        {"reachable", Until::reachable},
                                                                        {"connected", Until::connected},
                                                                        {"synced", Until::synced}}};
    for (const auto& [name, state] : states)
        if (until == name) out.until = state;
    if (given.count("until") != 0 && out.until == Until::never)
        return std::unexpected("--until: expected ready, reachable, connected or synced");
    if (given.count("timeout") != 0) {
        const std::optional<base::Seconds> span = parse_timeout(given["timeout"].as<std::string>());
        if (!span) return std::unexpected("--timeout: expected a time such as 90s, 5m or 1h");
        if (out.until == Until::never) return std::unexpected("--timeout needs --until");
        out.timeout_seconds = static_cast<std::uint32_t>(span->count());
    }
    return out;
}

void text_options(po::options_description& options) {
    options.add_options()("text", po::value<std::string>()->value_name("TEXT"), "the text itself");
    options.add_options()("text-file", po::value<std::string>()->value_name("FILE"),
                          "read the text from FILE, or from standard input if it is -");
}

void publish_options(po::options_description& options) {
    options.add_options()("title", po::value<std::string>()->value_name("TITLE"), "one line (required)");
    text_options(options);
    options.add_options()("give", po::value<std::string>()->value_name("WHAT"), "what you give");
    options.add_options()("want", po::value<std::string>()->value_name("WHAT"), "what you want for it");
    options.add_options()("tag",
                          po::value<std::vector<std::string>>()->composing()->multitoken()->value_name("TAG"),
                          "a word to find it by; may be repeated");
    options.add_options()("lifetime", po::value<std::string>()->value_name("TIME"),
                          "how long it lives: 90m, 12h, 7d; at most 15d, 7d if not given");
}
Built build_publish(const po::variables_map& given) {
    OfferPublish out;
    out.title = text_of(given, "title");
    out.give = text_of(given, "give");
    out.want = text_of(given, "want");
    if (out.title.empty()) return std::unexpected("an offer needs a title: --title TITLE");
    if (given.count("tag") != 0) out.tags = given["tag"].as<std::vector<std::string>>();
    const auto text = text_source_of(given);
    if (!text) return std::unexpected(text.error());
    out.text = *text;
    const auto lifetime = lifetime_of(given);
    if (!lifetime) return std::unexpected(lifetime.error());
    out.lifetime_seconds = *lifetime;
    return out;
}

void limit_option(po::options_description& options) {
    options.add_options()("limit", po::value<std::string>()->value_name("N"),
                          "at most N, newest first (1 to 1000; 100)");
}
void offer_list_options(po::options_description& options) {
    options.add_options()("mine", po::bool_switch(), "only your own");
    limit_option(options);
}
Built build_offer_list(const po::variables_map& given) {
    const auto limit = limit_of(given);
    if (!limit) return std::unexpected(limit.error());
    return OfferList{*limit, given["mine"].as<bool>()};
}
Built build_mail_list(const po::variables_map& given) {
    const auto limit = limit_of(given);
    if (!limit) return std::unexpected(limit.error());
    return MailList{*limit};
}

void send_options(po::options_description& options) {
    options.add_options()("subject", po::value<std::string>()->value_name("SUBJECT"), "one line (required)");
    text_options(options);
    options.add_options()("lifetime", po::value<std::string>()->value_name("TIME"),
                          "how long it waits for its reader: 90m, 12h, 7d; at most 15d, which is usual");
}
Built build_send(const po::variables_map& given) {
    MailSend out;
    out.to = text_of(given, "to");
    out.subject = text_of(given, "subject");
    if (out.to.empty())
        return std::unexpected(
            "expected TO: an offer's id, a mailbox address (hsm1...) or the id of a mail to answer");
    if (out.subject.empty()) return std::unexpected("a mail needs a subject: --subject SUBJECT");
    const auto text = text_source_of(given);
    if (!text) return std::unexpected(text.error());
    out.text = *text;
    const auto lifetime = lifetime_of(given);
    if (!lifetime) return std::unexpected(lifetime.error());
    out.lifetime_seconds = *lifetime;
    return out;
}

template <class T>
Built build_with_offer_id(const po::variables_map& given) {
    auto id =
        id_of(given, "id", "an offer's id or its first 8 letters or more; \"hearsay offer list\" shows them");
    if (!id) return std::unexpected(id.error());
    return T{*std::move(id)};
}
Built build_mail_read(const po::variables_map& given) {
    auto id =
        id_of(given, "id", "a mail's id or its first 8 letters or more; \"hearsay mail list\" shows them");
    if (!id) return std::unexpected(id.error());
    return MailRead{*std::move(id)};
}
template <class T>
Built build_with_onion(const po::variables_map& given) {
    auto onion = id_of(given, "onion", "an onion address: 56 letters and digits, with or without .onion");
    if (!onion) return std::unexpected(onion.error());
    return T{*std::move(onion)};
}

void peers_list_options(po::options_description& options) {
    options.add_options()("all", po::bool_switch(), "also those that nothing is going on with");
}
Built build_peers_list(const po::variables_map& given) {
    return PeersList{given["all"].as<bool>()};
}

void ban_options(po::options_description& options) {
    options.add_options()("for", po::value<std::string>()->value_name("TIME"),
                          "how long: 90m, 12h, 7d; at most 3650d, a day if not given");
    options.add_options()("reason", po::value<std::string>()->value_name("TEXT"),
                          "one line for yourself, at most 200 bytes; nobody else sees it");
}
Built build_ban(const po::variables_map& given) {
    const Built named = build_with_onion<PeersUnban>(given);
    if (!named) return named;
    PeersBan out{std::get<PeersUnban>(*named).onion, 0, text_of(given, "reason")};
    if (given.count("for") != 0) {
        const std::optional<base::Seconds> span = parse_lifetime(given["for"].as<std::string>());
        if (!span || *span > base::limits::ban_most)
            return std::unexpected(
                "--for: expected a number with m, h or d, such as 90m, 12h or 7d, at most 3650d");
        out.seconds = static_cast<std::uint32_t>(span->count());
    }
    if (out.reason.size() > base::limits::ban_reason_bytes_max)
        return std::unexpected("--reason: expected at most " +
                               std::to_string(base::limits::ban_reason_bytes_max) + " bytes");
    if (safe_line(out.reason) != out.reason)
        return std::unexpected("--reason: expected one line of UTF-8 without control characters");
    return out;
}

constexpr std::array<CommandSpec, 15> table{{
    {"status", "", "", "[--watch] [--until STATE [--timeout TIME]]", "how the node is doing",
     "Shows Tor, reachability, peers and the store. With --watch it redraws in place on a terminal\n"
     "and prints a line for each change elsewhere. With --until it ends when the state is reached,\n"
     "and also waits for a node that is only just starting.\n\n"
     "Examples:\n  hearsay status\n  hearsay status --watch\n"
     "  hearsay status --until connected --timeout 5m && echo ready to trade\n",
     status_options, build_status},
    {"identity", "show", "", "", "your addresses: node, personas, mailboxes",
     "The node's onion address is for peers, a persona signs offers, a mailbox receives mail.\n"
     "Nothing links them but this list.\n\nExamples:\n  hearsay identity show\n  hearsay --json identity "
     "show\n",
     no_options, [](const po::variables_map&) -> Built { return IdentityShow{}; }},
    {"offer", "publish", "",
     "--title TITLE [--text TEXT | --text-file FILE] [--give WHAT] [--want WHAT] [--tag TAG...]",
     "publish an offer to everybody",
     "The offer is signed by a fresh persona and carries a fresh mailbox for answers. It is kept\n"
     "safely when this command returns; its proof of work may take some seconds more.\n\n"
     "Examples:\n  hearsay offer publish --title \"Bicycle, 56 cm\" --give bicycle --want \"80 EUR\" --tag "
     "bike\n"
     "  hearsay offer publish --title \"Lessons\" --text-file lessons.txt --lifetime 12h\n",
     publish_options, build_publish},
    {"offer", "list", "", "[--mine] [--limit N]", "the offers that are alive, newest first",
     "Examples:\n  hearsay offer list\n  hearsay offer list --mine --json\n", offer_list_options,
     build_offer_list},
    {"offer", "show", "id", "ID", "one offer with its text",
     "ID is the offer's id or its first 8 letters or more.\n\nExamples:\n  hearsay offer show 3f2a9c1e\n",
     no_options, build_with_offer_id<OfferShow>},
    {"offer", "remove", "id", "ID", "take one of your offers back, everywhere",
     "Examples:\n  hearsay offer remove 3f2a9c1e\n", no_options, build_with_offer_id<OfferRemove>},
    {"mail", "send", "to", "TO --subject SUBJECT [--text TEXT | --text-file FILE]", "send an encrypted mail",
     "TO is an offer's id (or its first 8 letters or more), a mailbox address (hsm1...), or the id of a\n"
     "received mail to answer. Without --text the text is read from standard input, unless that is a\n"
     "terminal. The reader may be offline; the network keeps the mail until it is read or expires.\n\n"
     "Examples:\n  hearsay mail send 3f2a9c1e --subject \"Your bicycle\" --text \"Is it still there?\"\n"
     "  hearsay mail send 3f2a9c1e --subject \"Your bicycle\" < letter.txt\n",
     send_options, build_send},
    {"mail", "list", "", "[--limit N]", "received and sent mail, newest first",
     "Examples:\n  hearsay mail list\n", limit_option, build_mail_list},
    {"mail", "read", "id", "ID", "read one mail", "Examples:\n  hearsay mail read 77b01d52\n", no_options,
     build_mail_read},
    {"peers", "list", "", "[--all]", "the nodes this one deals with",
     "Those that are linked, visited or dialled, your friends, and those that are shunned or banned. With "
     "--all\n"
     "also the others that the node knows: that answered it once.\n\n"
     "Examples:\n  hearsay peers list\n  hearsay peers list --all --json\n",
     peers_list_options, build_peers_list},
    {"peers", "show", "onion", "ONION", "all that is known of a node",
     "Examples:\n  hearsay peers show <56 letters>.onion\n", no_options, build_with_onion<PeersShow>},
    {"peers", "add", "onion", "ONION", "make a node your friend",
     "A friend is always dialled, let in and kept. If it was banned, it is not any more.\n\n"
     "Examples:\n  hearsay peers add <56 letters>.onion\n",
     no_options, build_with_onion<PeersAdd>},
    {"peers", "remove", "onion", "ONION", "forget a node",
     "The node forgets all it knows of it and ends the link. It may hear of it again from others.\n\n"
     "Examples:\n  hearsay peers remove <56 letters>.onion\n",
     no_options, build_with_onion<PeersRemove>},
    {"peers", "ban", "onion", "ONION [--for TIME] [--reason TEXT]", "neither dial a node nor let it in",
     "Its link is ended. A friend that is banned is no friend any more.\n\n"
     "Examples:\n  hearsay peers ban <56 letters>.onion\n"
     "  hearsay peers ban <56 letters>.onion --for 30d --reason \"floods me with rubbish\"\n",
     ban_options, build_ban},
    {"peers", "unban", "onion", "ONION", "lift a ban, and forgive broken rules",
     "Examples:\n  hearsay peers unban <56 letters>.onion\n", no_options, build_with_onion<PeersUnban>},
}};

std::string table_of_commands(std::string_view group) {
    std::string out;
    for (const CommandSpec& spec : commands())
        if (group.empty() || spec.group == group)
            out += "  " + fit(spec.words(), 17) + std::string(spec.summary) + "\n";
    return out;
}

std::string print(const po::options_description& options) {
    std::ostringstream out;
    out << options;
    return out.str();
}

constexpr std::string_view exit_code_help =
    "Exit codes: 0 done, 1 the node refused or failed, 2 usage, 3 no node answers, 4 not found,\n"
    "5 not available now or time over, 6 denied.\n";

}  // namespace

std::string CommandSpec::words() const {
    return std::string(group) + (verb.empty() ? "" : " ") + std::string(verb);
}

std::span<const CommandSpec> commands() {
    static const std::vector<CommandSpec> all = [] {
        std::vector<CommandSpec> out(table.begin(), table.end());
        out.insert(out.end(), trade_commands().begin(), trade_commands().end());
        return out;
    }();
    return all;
}

po::options_description common_options() {
    po::options_description options("Options of every command, before or after it", 100, 60);
    options.add_options()("data-dir", po::value<std::string>()->value_name("DIR"),
                          "the node's data directory; the usual one is $HEARSAY_DATA_DIR, else "
                          "$XDG_DATA_HOME/hearsay, else ~/.local/share/hearsay");
    options.add_options()("json", po::bool_switch(), "print JSON, for scripts");
    options.add_options()("help", po::bool_switch(), "show this help");
    options.add_options()("version", po::bool_switch(), "show the version");
    return options;
}

std::string general_help() {
    return "hearsay - talk to your Hearsay node\n\nUsage: hearsay [OPTION...] COMMAND "
           "[ARGUMENT...]\n\nCommands:\n" +
           table_of_commands({}) + "\n" + print(common_options()) +
           "\n\"hearsay COMMAND --help\" tells more, with examples. The node itself is started with "
           "hearsayd.\n\n" +
           std::string(exit_code_help);
}

std::string command_help(const CommandSpec& spec) {
    po::options_description own("Options", 100, 60);
    spec.add_options(own);
    std::string out = "hearsay " + spec.words() + " - " + std::string(spec.summary) + "\n\nUsage: hearsay " +
                      spec.words() + (spec.usage.empty() ? "" : " ") + std::string(spec.usage) + "\n\n" +
                      std::string(spec.details) + "\n";
    if (!own.options().empty()) out += print(own) + "\n";
    return out + print(common_options()) + "\n" + std::string(exit_code_help);
}

std::string group_help(std::string_view group) {
    return "Usage: hearsay " + std::string(group) + " COMMAND [ARGUMENT...]\n\nCommands:\n" +
           table_of_commands(group) + "\n\"hearsay " + std::string(group) +
           " COMMAND --help\" tells more, with examples.\n";
}

std::string version_text() {
    return "hearsay " HEARSAY_VERSION "\n";
}

}  // namespace hearsay::app::cli
