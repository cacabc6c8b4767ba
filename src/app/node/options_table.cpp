#include "app/node/options_table.hpp"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/limits/links.hpp"

namespace hearsay::app {

namespace po = boost::program_options;

namespace {

using Texts = std::vector<std::string>;

void add_peer_options(po::options_description& out) {
    namespace limits = base::limits;
    const auto number = [] { return po::value<std::string>()->value_name("N"); };
    const auto usual = [](std::size_t value) { return std::to_string(value); };
    out.add_options()(
        "peer", po::value<Texts>()->value_name("ONION")->composing(),
        "a pinned node: one that is always dialled, let in and kept; may be given several times")(
        "known-peers", po::value<Texts>()->value_name("FILE")->composing(),
        "addresses of nodes to try, one a line, # begins a comment; may be given several times")(
        "bootstrapper", po::value<Texts>()->value_name("ONION")->composing(),
        "a node to ask for others while there is no link; may be given several times")(
        "degree", number(),
        ("links that this node makes by itself, 1 to " + usual(limits::degree_most) + " (" +
         usual(limits::degree_default) + ")")
            .c_str())(
        "min-connections", number(),
        ("with fewer links it searches eagerly (" + usual(limits::min_connections_default) + ")")
            .c_str())("max-connections", number(),
                      ("links in all, from the degree to " + usual(limits::connections_most) +
                       " (" + usual(limits::max_connections_default) + ")")
                          .c_str())(
        "discover", po::value<std::string>()->value_name("yes|no")->default_value("yes"),
        "no: only pinned nodes are dialled, nobody is asked and nobody is told of anybody");
}

void add_mail_options(po::options_description& out) {
    const auto time = [](const char* usual) {
        return po::value<std::string>()->value_name("TIME")->default_value(usual);
    };
    out.add_options()("receipts",
                      po::value<std::string>()->value_name("yes|no")->default_value("yes"),
                      "tell senders that their mail arrived")(
        "receipt-within", time("1m"), "at a random time within TIME after it came: 90s, 5m, 2h")(
        "remove-within", time("2h"),
        "mail that came is removed from the network at a random time within TIME; 0 leaves it to "
        "expire");
}

void add_page_options(po::options_description& out) {
    out.add_options()("page", po::value<std::string>()->value_name("yes|no")->default_value("no"),
                      "listen for your browser from the start on, on 127.0.0.1 and ::1 only; "
                      "hearsay open asks for it otherwise")(
        "page-port", po::value<std::string>()->value_name("N"),
        "the port for it, 1024 to 65535 (one that is free)")(
        "metrics-token-file", po::value<std::string>()->value_name("FILE"),
        "who shows the token in this file, 64 hexadecimal digits, may read /metrics at that port");
}

void add_group_options(po::options_description& out) {
    out.add_options()("group", po::value<std::string>()->value_name("NAME"),
                      "members of this group may do all that you may, at --group-dir")(
        "group-dir", po::value<std::string>()->value_name("DIR"),
        "where they do: hearsay --data-dir DIR");
}

void add_voidphone_options(po::options_description& out) {
    out.add_options()("voidphone",
                      po::value<std::string>()->value_name("yes|no")->default_value("no"),
                      "offer the gossip interface of a VoidPhone on 127.0.0.1, port 7001")(
        "voidphone-config", po::value<std::string>()->value_name("FILE"),
        "the same as [gossip] of this file says; means --voidphone yes, unless that says no");
}

void add_local_options(po::options_description& out) {
    add_group_options(out);
    add_voidphone_options(out);
}

void add_node_options(po::options_description& out) {
    out.add_options()("data-dir", po::value<std::string>()->value_name("DIR"),
                      "where everything is kept (default: ~/.local/share/hearsay)")(
        "config", po::value<std::string>()->value_name("FILE"),
        "read options from this file (name = value); the usual one is "
        "~/.config/hearsay/hearsayd.conf, if it is there")(
        "network", po::value<std::string>()->value_name("NAME")->default_value("main"),
        "main: Tor's own network; local: a private Tor network, see contrib/tornet")(
        "tor-config", po::value<std::string>()->value_name("FILE"),
        "further lines for Tor: bridges, proxies, the authorities of a private network")(
        "sandbox", po::value<std::string>()->value_name("yes|no")->default_value("yes"),
        "give up what a node does not need: sockets but to Tor and to you, programs, and more");
}

void add_key_options(po::options_description& out) {
    out.add_options()("passphrase-file", po::value<std::string>()->value_name("FILE"),
                      "the passphrase is the file's first line")(
        "passphrase-fd", po::value<int>()->value_name("N"),
        "the passphrase is the first line of descriptor N")(
        "no-passphrase", po::bool_switch(), "keep the keys on disk without a passphrase")(
        "recovery-words-file", po::value<std::string>()->value_name("FILE"),
        "write the recovery words of a new identity there instead of to the terminal")(
        "no-recovery-words", po::bool_switch(), "never show them: a lost disk is a lost identity");
}

void add_share_options(po::options_description& out) {
    out.add_options()("store-budget",
                      po::value<std::string>()->value_name("SIZE")->default_value("2GiB"),
                      "what the network's items may take of the disk, 64MiB to 48GiB")(
        "upload-limit", po::value<std::string>()->value_name("N"),
        "KiB a second that others' items may take on the way out, 8 to 1048576 (no limit)")(
        "download-limit", po::value<std::string>()->value_name("N"),
        "likewise on the way in; what shows more work comes first (no limit)")(
        "relay-pictures", po::value<std::string>()->value_name("yes|no")->default_value("yes"),
        "no: pictures of others are neither taken nor passed on, and none can be published")(
        "relay-hidden", po::value<std::string>()->value_name("yes|no")->default_value("yes"),
        "no: what your lists hide is neither kept nor passed on; peers can find out what that is");
}

void add_log_options(po::options_description& out) {
    out.add_options()("log-level",
                      po::value<std::string>()->value_name("LEVEL")->default_value("info"),
                      "debug, info, warning or error")(
        "log-file", po::value<std::string>()->value_name("FILE"),
        "write the log there instead of to standard error; SIGHUP opens it anew")(
        "log-format", po::value<std::string>()->value_name("FORMAT")->default_value("text"),
        "text, or json: an object a line");
}

void add_asking_options(po::options_description& out) {
    out.add_options()("print-settings", po::bool_switch(),
                      "print all settings as they hold, in the form of a settings file, and end")(
        "check", po::bool_switch(),
        "read everything that is kept, say what is damaged, change nothing")(
        "version", po::bool_switch(),
        "name the versions of hearsayd and of what it is built with, and whether Tor's is current")(
        "help,h", po::bool_switch(), "this text");
}

void add_loss_options(po::options_description& out) {
    out.add_options()("accept-loss", po::bool_switch(),
                      "start although the person's records or their vault are lost, damaged or of "
                      "an earlier version")(
        "new-address", po::bool_switch(), "make a new node.key if the old one is lost or damaged")(
        "clock-is-right", po::bool_switch(), "believe this machine's clock although it leapt");
}

}  // namespace

std::vector<OptionGroup> option_groups() {
    constexpr std::array<std::pair<const char*, void (*)(po::options_description&)>, 10> table{{
        {"The node", add_node_options},
        {"Keys and recovery words", add_key_options},
        {"What others' items may take, and what is relayed", add_share_options},
        {"The log", add_log_options},
        {"Other nodes", add_peer_options},
        {"Mail", add_mail_options},
        {"Your browser, and figures", add_page_options},
        {"Other users and programs of this machine", add_local_options},
        {"To be told something, and end", add_asking_options},
        {"After a loss", add_loss_options},
    }};
    std::vector<OptionGroup> out;
    for (const auto& [title, add] : table) {
        out.push_back({title, po::options_description()});
        add(out.back().options);
    }
    return out;
}

po::options_description all_options() {
    po::options_description out;
    for (const OptionGroup& group : option_groups()) out.add(group.options);
    return out;
}

}  // namespace hearsay::app
