#include "app/cli/commands.hpp"

#include <algorithm>
#include <array>

#include "app/cli/command_parts.hpp"
#include "app/cli/commands_bulk.hpp"
#include "app/cli/commands_keys.hpp"
#include "app/cli/commands_lists.hpp"
#include "app/cli/commands_mail.hpp"
#include "app/cli/commands_offers.hpp"
#include "app/cli/commands_posts.hpp"
#include "app/cli/commands_search.hpp"
#include "app/cli/commands_trade.hpp"
#include "app/cli/text.hpp"
#include "app/layout.hpp"
#include "app/option_help.hpp"
#include "base/limits/discovery.hpp"
#include "base/limits/links.hpp"

#ifndef HEARSAY_VERSION
#error "CMake defines HEARSAY_VERSION"
#endif

namespace hearsay::app::cli {

namespace {

void status_options(po::options_description& options) {
    options.add_options()("watch", po::bool_switch(), "keep showing it, until Ctrl-C");
    options.add_options()(
        "until", po::value<std::string>()->value_name("STATE"),
        "wait for STATE: ready (Tor has started), reachable (others can dial the node), "
        "connected (a peer is linked) or synced (compared with a peer)");
    options.add_options()("timeout", po::value<std::string>()->value_name("TIME"),
                          "with --until: give up after TIME, such as 90s or 5m (exit code 5)");
}
Built build_status(const po::variables_map& given) {
    StatusCommand out;
    out.watch = given["watch"].as<bool>();
    const std::string until = text_of(given, "until");
    constexpr std::array<std::pair<std::string_view, Until>, 4> states{
        {{"ready", Until::ready},
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

template <class T>
Built build_with_onion(const po::variables_map& given) {
    auto onion =
        id_of(given, "onion", "an onion address: 56 letters and digits, with or without .onion");
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

void open_options(po::options_description& options) {
    options.add_options()("print", po::bool_switch(),
                          "print the file that leads there, and start no browser");
    options.add_options()("close", po::bool_switch(), "let nobody in any more");
}
Built build_open(const po::variables_map& given) {
    const OpenPage out{given["print"].as<bool>(), given["close"].as<bool>()};
    if (out.print && out.close) return std::unexpected("give at most one of --print and --close");
    return out;
}

constexpr std::array<CommandSpec, 10> table{{
    {"status", "", "", "[--watch] [--until STATE [--timeout TIME]]", "how the node is doing",
     "Shows Tor, reachability, peers and the store. With --watch it has a screen of its own on a "
     "terminal\n"
     "and prints a line for each change elsewhere. With --until it ends when the state is "
     "reached,\n"
     "and also waits for a node that is only just starting.\n\n"
     "Examples:\n  hearsay status\n  hearsay status --watch\n"
     "  hearsay status --until connected --timeout 5m && echo ready to trade\n",
     status_options, build_status},
    {"doctor", "", "", "", "what keeps the node from working, and what to do",
     "Goes through the data directory, the disk, the node, the clock, Tor and its network, "
     "reachability, peers, the store, backups and versions. Exit code 0: nothing is wrong; 1: "
     "something is; 3: no node answers.\n\n"
     "Examples:\n  hearsay doctor\n  hearsay doctor --json\n",
     no_options, [](const po::variables_map&) -> Built { return DoctorCommand{}; }},
    {"stop", "", "", "", "end the node, in order",
     "Returns when it has ended. What is under way goes on at its next start.\n\n"
     "Examples:\n  hearsay stop\n",
     no_options, [](const po::variables_map&) -> Built { return StopCommand{}; }},
    {"open", "", "", "[--print | --close]", "the node's page, in your browser",
     "Writes a file that only you can read, which leads your browser to the node and lets it in\n"
     "once, within a minute. The page is served on 127.0.0.1 only, and until the node ends.\n"
     "A browser that may not read your data directory needs a copy of the file: see --print.\n\n"
     "Examples:\n  hearsay open\n  firefox \"$(hearsay open --print)\"\n  hearsay open --close\n",
     open_options, build_open},
    {"peers", "list", "", "[--all]", "the nodes this one deals with",
     "Those that are linked, visited or dialled, the pinned ones, and those that are shunned or "
     "banned. With "
     "--all\n"
     "also the others that the node knows: that answered it once.\n\n"
     "Examples:\n  hearsay peers list\n  hearsay peers list --all --json\n",
     peers_list_options, build_peers_list},
    {"peers", "show", "onion", "ONION", "all that is known of a node",
     "Examples:\n  hearsay peers show <56 letters>.onion\n", no_options,
     build_with_onion<PeersShow>},
    {"peers", "add", "onion", "ONION", "pin a node: always dialled and let in",
     "A pinned node is always dialled, let in and kept. If it was banned, it is not any more.\n\n"
     "Examples:\n  hearsay peers add <56 letters>.onion\n",
     no_options, build_with_onion<PeersAdd>},
    {"peers", "remove", "onion", "ONION", "forget a node",
     "The node forgets all it knows of it and ends the link. It may hear of it again from "
     "others.\n\n"
     "Examples:\n  hearsay peers remove <56 letters>.onion\n",
     no_options, build_with_onion<PeersRemove>},
    {"peers", "ban", "onion", "ONION [--for TIME] [--reason TEXT]",
     "neither dial a node nor let it in",
     "Its link is ended. A pinned node that is banned is not pinned any more.\n\n"
     "Examples:\n  hearsay peers ban <56 letters>.onion\n"
     "  hearsay peers ban <56 letters>.onion --for 30d --reason \"floods me with rubbish\"\n",
     ban_options, build_ban},
    {"peers", "unban", "onion", "ONION", "lift a ban, and forgive broken rules",
     "Examples:\n  hearsay peers unban <56 letters>.onion\n", no_options,
     build_with_onion<PeersUnban>},
}};

std::string row_of(const CommandSpec& spec, std::size_t width) {
    constexpr std::size_t summary_column = 23;
    return beside("  " + spec.words(), summary_column, spec.summary, width);
}

std::string table_of_commands(std::string_view group, std::size_t width) {
    std::string out;
    for (const CommandSpec& spec : commands())
        if (spec.group == group) out += row_of(spec, width);
    return out;
}

// What a person wants to do, and the groups of commands for it. Each group stands in one of them.
struct Task {
    std::string_view title;
    std::array<std::string_view, 7> groups;
};
constexpr std::array<Task, 6> tasks{{
    {"The node", {"status", "doctor", "open", "stop"}},
    {"The market", {"search", "offer", "store", "profile", "post", "list", "watch"}},
    {"Mail", {"mail", "mailbox", "friends"}},
    {"Trades", {"trade", "rate", "ratings"}},
    {"Who you are, and backups", {"identity", "backup"}},
    {"Other nodes", {"peers", "bundle"}},
}};

std::string commands_by_task(std::size_t width) {
    std::string out;
    std::vector<std::string_view> told;
    for (const Task& task : tasks) {
        out += "\n" + std::string(task.title) + ":\n";
        for (const std::string_view group : task.groups) {
            out += table_of_commands(group, width);
            told.push_back(group);
        }
    }
    std::string others;
    for (const CommandSpec& spec : commands())
        if (std::ranges::find(told, spec.group) == told.end()) others += row_of(spec, width);
    return others.empty() ? out : out + "\nBesides:\n" + others;
}

std::string end_of_help(std::size_t width) {
    return table_of_options("Options of every command, before or after it:", common_options(),
                            width) +
           "\n";
}

std::string exit_codes(std::size_t width) {
    return sentence(
        "Exit codes: 0 done, 1 the node refused or failed, 2 usage, 3 no node answers, 4 not "
        "found, 5 not available now or time over, 6 denied.",
        width);
}

}  // namespace

std::string CommandSpec::words() const {
    return std::string(group) + (verb.empty() ? "" : " ") + std::string(verb);
}

std::span<const CommandSpec> commands() {
    static const std::vector<CommandSpec> all = [] {
        std::vector<CommandSpec> out(table.begin(), table.end());
        // In the order in which help lists them.
        const auto insert = [&](std::string_view before, std::span<const CommandSpec> more) {
            out.insert(std::ranges::find(out, before, &CommandSpec::group), more.begin(),
                       more.end());
        };
        insert("peers", identity_commands());
        insert("peers", offer_commands());
        insert("peers", bulk_offer_commands());
        insert("peers", search_commands());
        insert("peers", post_commands());
        insert("peers", list_commands());
        insert("peers", mail_commands());
        insert("peers", trade_commands());
        insert("peers", bulk_trade_commands());
        insert("peers", bundle_commands());
        insert("", backup_commands());
        return out;
    }();
    return all;
}

po::options_description common_options() {
    po::options_description options;
    options.add_options()("data-dir", po::value<std::string>()->value_name("DIR"),
                          "the node's data directory; the usual one is $HEARSAY_DATA_DIR, else "
                          "$XDG_DATA_HOME/hearsay, else ~/.local/share/hearsay");
    options.add_options()("json", po::bool_switch(), "print JSON, for scripts");
    options.add_options()("help,h", po::bool_switch(), "show this help");
    options.add_options()("version", po::bool_switch(), "show the version");
    return options;
}

std::string general_help(std::size_t columns) {
    const std::size_t width = std::min(columns, width_prose);
    return "hearsay - talk to your Hearsay node\n\n" +
           usage_lines("hearsay [OPTION...] COMMAND [ARGUMENT...]", width) +
           commands_by_task(width) + "\n" + end_of_help(width) +
           wrapped(
               "\"hearsay COMMAND --help\" or \"hearsay help COMMAND\" tells more, with examples "
               "and limits. The node itself is started with hearsayd.",
               0, width) +
           "\n\n" + exit_codes(width);
}

std::string command_help(const CommandSpec& spec, std::size_t columns) {
    const std::size_t width = std::min(columns, width_prose);
    const std::string words = "hearsay " + spec.words();
    po::options_description own;
    spec.add_options(own);
    std::string out = sentence(words + " - " + std::string(spec.summary), width) + "\n" +
                      usage_lines(words + " " + std::string(spec.usage), width) + "\n" +
                      reflowed(spec.details, width) + "\n";
    if (!own.options().empty()) out += table_of_options("Options:", own, width) + "\n";
    return out + end_of_help(width) + exit_codes(width);
}

std::string group_help(std::string_view group, std::size_t columns) {
    const std::size_t width = std::min(columns, width_prose);
    const std::string words = "hearsay " + std::string(group);
    return usage_lines(words + " COMMAND [ARGUMENT...]", width) + "\nCommands:\n" +
           table_of_commands(group, width) + "\n" +
           wrapped("\"" + words + " COMMAND --help\" tells more, with examples.", 0, width) + "\n";
}

std::string version_text() {
    return "hearsay " HEARSAY_VERSION "\n";
}

}  // namespace hearsay::app::cli
