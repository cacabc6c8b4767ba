#include "app/node/options.hpp"

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "app/environment.hpp"
#include "app/layout.hpp"
#include "app/nearest.hpp"
#include "app/node/options_table.hpp"
#include "app/node/settings.hpp"
#include "app/option_help.hpp"
#include "base/limits/budgets.hpp"
#include "base/limits/links.hpp"
#include "store/file.hpp"

namespace hearsay::app {
namespace {

namespace po = boost::program_options;
using base::ErrorCode;

using Texts = std::vector<std::string>;

constexpr std::size_t data_dir_bytes_max = 3900;

base::Result<item::Network> read_network(const std::string& name) {
    if (name == "main") return item::Network::main;
    if (name == "local") return item::Network::local;
    return base::fail(ErrorCode::invalid,
                      "unknown network \"" + name + "\": expected main or local");
}

base::Result<base::LogLevel> read_level(const std::string& name) {
    if (name == "debug") return base::LogLevel::debug;
    if (name == "info") return base::LogLevel::info;
    if (name == "warning") return base::LogLevel::warning;
    if (name == "error") return base::LogLevel::error;
    return base::fail(ErrorCode::invalid,
                      "unknown log level \"" + name + "\": expected debug, info, warning or error");
}

template <class T>
T value_or(const po::variables_map& given, const char* name, T otherwise) {
    return given.count(name) ? given[name].as<T>() : otherwise;
}

base::Result<bool> read_log_format(const std::string& name) {
    if (name == "text") return false;
    if (name == "json") return true;
    return base::fail(ErrorCode::invalid,
                      "unknown log format \"" + name + "\": expected text or json");
}

std::string comment_lines(const std::string& text, std::size_t width) {
    std::string out;
    std::istringstream lines(wrapped(text, 0, width == unbroken ? width : width - 2));
    for (std::string line; std::getline(lines, line);) out += "# " + line + "\n";
    return out;
}

// As a settings file says it: a line, or a line for each.
std::string setting_lines(const std::string& name, const boost::any& value) {
    const auto line = [&](const std::string& text) { return name + " = " + text + "\n"; };
    if (const auto* text = boost::any_cast<std::string>(&value)) return line(*text);
    if (const auto* number = boost::any_cast<int>(&value)) return line(std::to_string(*number));
    if (const auto* flag = boost::any_cast<bool>(&value)) return line(*flag ? "true" : "false");
    std::string out;
    if (const auto* texts = boost::any_cast<Texts>(&value))
        for (const std::string& text : *texts) out += line(text);
    return out;
}

// All that can be set in a settings file, in order: what is asked for once is none of it. Lines of
// settings are never broken: they are there to be read by a program, too.
std::string settings_text(const po::variables_map& given, const std::string& file,
                          const std::string& data_dir, std::size_t width) {
    std::string out = comment_lines(
        "hearsayd " HEARSAY_VERSION "; " +
            (file.empty() ? std::string("no settings file was read") : "settings file: " + file),
        width);
    const std::vector<std::string> once{"help",   "version",     "check",       "print-settings",
                                        "config", "accept-loss", "new-address", "clock-is-right"};
    for (const OptionGroup& group : option_groups()) {
        std::string lines;
        for (const auto& option : group.options.options()) {
            const std::string& name = option->long_name();
            if (std::ranges::find(once, name) != once.end()) continue;
            if (name == "data-dir")
                lines += name + " = " + data_dir + "\n";
            else
                lines += given.count(name) == 0 ? "# " + name + " =\n"
                                                : setting_lines(name, given[name].value());
        }
        if (!lines.empty()) out += "\n" + comment_lines(group.title, width) + lines;
    }
    return out;
}

// The file that is read besides the command line; empty: none.
std::string settings_file(const po::variables_map& given) {
    if (given.count("config")) return given["config"].as<std::string>();
    const auto usual = default_settings_file(process_environment());
    return usual && store::file_exists(*usual) ? *usual : "";
}

base::Result<void> read_file_options(const std::string& path, po::variables_map& given) {
    constexpr std::size_t bytes_max = 1 << 20;
    const auto text = store::read_file(path, bytes_max);
    if (!text)
        return base::fail(ErrorCode::invalid,
                          "cannot read the configuration file " + path + ": " + text.error().text);
    std::istringstream lines(with_dashes(without_mark(base::to_text(*text))));
    try {
        po::store(po::parse_config_file(lines, all_options()), given);
    } catch (const po::error& error) {
        return base::fail(ErrorCode::invalid,
                          "the settings file " + path + ": " + std::string(error.what()));
    }
    return {};
}

// What [gossip] says for options of ours counts as if it stood in a configuration file: the command
// line and --config win.
base::Result<std::optional<voidphone::Config>> read_voidphone(po::variables_map& given) {
    const po::variable_value& wish = given["voidphone"];
    const auto on = read_yes_or_no("voidphone", wish.as<std::string>());
    if (!on) return std::unexpected(on.error());
    if (!*on && !wish.defaulted()) return std::nullopt;  // said: off, whatever file is named
    if (!given.count("voidphone-config"))
        return *on ? std::optional(voidphone::Config{}) : std::nullopt;
    const auto path = given["voidphone-config"].as<std::string>();
    const auto text = store::read_file(path, base::limits::voidphone_config_bytes_max);
    if (!text)
        return base::fail(ErrorCode::invalid,
                          "cannot read --voidphone-config " + path + ": " + text.error().text);
    auto config = voidphone::read_config(base::as_text(*text), path);
    if (!config) return std::unexpected(config.error());
    po::parsed_options said(nullptr);
    const auto add = [&](const char* name, const Texts& values) {
        if (!values.empty()) said.options.emplace_back(name, values);
    };
    const auto one = [](const std::optional<std::string>& value) {
        return value ? Texts{*value} : Texts{};
    };
    add("degree", one(config->degree));
    add("min-connections", one(config->min_connections));
    add("max-connections", one(config->max_connections));
    add("bootstrapper", config->bootstrappers);
    add("known-peers", config->known_peers_files);
    const po::options_description known = all_options();
    said.description = &known;
    po::store(said, given);
    return std::optional(*std::move(config));
}

base::Result<void> check_choices(const Options& options) {
    const int passphrases = (options.passphrase_file.empty() ? 0 : 1) +
                            (options.passphrase_fd ? 1 : 0) + (options.no_passphrase ? 1 : 0);
    if (passphrases > 1)
        return base::fail(
            ErrorCode::invalid,
            "give at most one of --passphrase-file, --passphrase-fd and --no-passphrase");
    if (!options.words_file.empty() && options.no_words)
        return base::fail(ErrorCode::invalid,
                          "give at most one of --recovery-words-file and --no-recovery-words");
    if (options.passphrase_fd && *options.passphrase_fd < 0)
        return base::fail(ErrorCode::invalid,
                          "--passphrase-fd needs the number of an open descriptor");
    if (options.group.empty() != options.group_dir.empty())
        return base::fail(ErrorCode::invalid, "--group and --group-dir belong together");
    // What Tor keeps below it has names of its own, and a path ends at 4,096 bytes.
    std::error_code unknown;
    const std::string absolute =
        std::filesystem::absolute(options.data_dir.empty() ? "/" : options.data_dir, unknown);
    if (absolute.size() > data_dir_bytes_max)
        return base::fail(ErrorCode::invalid,
                          "the path of the data directory is " + std::to_string(absolute.size()) +
                              " bytes long; at most " + std::to_string(data_dir_bytes_max) +
                              " leave room for what is kept in it: give a shorter --data-dir");
    if (options.data_dir.empty())
        return base::fail(ErrorCode::invalid, "no data directory: give --data-dir or set HOME");
    if (options.asked == Asked::run && options.network == item::Network::local &&
        options.tor_config.empty())
        return base::fail(
            ErrorCode::invalid,
            "--network local needs --tor-config: the file client.torrc that contrib/tornet writes");
    return {};
}

base::Result<void> read_discovery(const po::variables_map& given, core::DiscoverySettings& out) {
    namespace limits = base::limits;
    const auto read = [&](const char* name, std::size_t least, std::size_t most,
                          std::size_t& value) {
        if (!given.count(name)) return base::Result<void>();
        const auto number = read_count(name, given[name].as<std::string>(), least, most);
        if (!number) return base::Result<void>(std::unexpected(number.error()));
        value = *number;
        return base::Result<void>();
    };
    if (const auto done = read("degree", 1, limits::degree_most, out.degree); !done) return done;
    // Who only lowers the maximum, or raises the degree, does not have to think of the others.
    out.max_connections = std::max(out.max_connections, out.degree);
    if (const auto done =
            read("max-connections", out.degree, limits::connections_most, out.max_connections);
        !done)
        return base::fail(ErrorCode::invalid, done.error().text + " (the least is the degree)");
    out.min_connections = std::min(out.min_connections, out.max_connections);
    if (const auto done = read("min-connections", 0, out.max_connections, out.min_connections);
        !done)
        return base::fail(ErrorCode::invalid, done.error().text + " (the most is max-connections)");
    const auto discover = read_yes_or_no("discover", given["discover"].as<std::string>());
    if (!discover) return std::unexpected(discover.error());
    out.discover = *discover;
    for (const std::string& text : value_or<Texts>(given, "bootstrapper", {})) {
        const auto peer = read_onion("bootstrapper", text);
        if (!peer) return std::unexpected(peer.error());
        out.bootstrappers.push_back(*peer);
    }
    return {};
}

base::Result<void> read_peers(const po::variables_map& given, Options& out) {
    for (const std::string& text : value_or<Texts>(given, "peer", {})) {
        const auto peer = read_onion("peer", text);
        if (!peer) return std::unexpected(peer.error());
        out.peers.push_back(*peer);
    }
    for (const std::string& path : value_or<Texts>(given, "known-peers", {})) {
        const auto peers = read_known_peers(path);
        if (!peers) return std::unexpected(peers.error());
        out.suggested.insert(out.suggested.end(), peers->begin(), peers->end());
    }
    return read_discovery(given, out.discovery);
}

base::Result<void> read_mail_settings(const po::variables_map& given, market::MarketSettings& out) {
    const auto receipts = read_yes_or_no("receipts", given["receipts"].as<std::string>());
    if (!receipts) return std::unexpected(receipts.error());
    out.receipts = *receipts;
    const auto receipt = read_span("receipt-within", given["receipt-within"].as<std::string>());
    if (!receipt) return std::unexpected(receipt.error());
    out.receipt_within = *receipt;
    const auto removal = read_span("remove-within", given["remove-within"].as<std::string>());
    if (!removal) return std::unexpected(removal.error());
    out.remove_within = *removal;
    return {};
}

base::Result<void> read_traffic_limits(const po::variables_map& given, core::TrafficLimits& out) {
    namespace limits = base::limits;
    const auto read = [&](const char* name, std::uint64_t& bytes) -> base::Result<void> {
        if (!given.count(name)) return {};
        const auto kib =
            read_count(name, given[name].as<std::string>(), limits::traffic_limit_min / 1024,
                       limits::traffic_limit_max / 1024);
        if (!kib) return std::unexpected(kib.error());
        bytes = std::uint64_t{*kib} * 1024;
        return {};
    };
    if (const auto done = read("upload-limit", out.upload); !done) return done;
    return read("download-limit", out.download);
}

// What of others' this node keeps and passes on.
base::Result<void> read_relaying(const po::variables_map& given, Options& out) {
    const auto relay = read_yes_or_no("relay-pictures", given["relay-pictures"].as<std::string>());
    if (!relay) return std::unexpected(relay.error());
    out.relay_pictures = *relay;
    out.mail.pictures = *relay;
    const auto hidden = read_yes_or_no("relay-hidden", given["relay-hidden"].as<std::string>());
    if (!hidden) return std::unexpected(hidden.error());
    out.mail.keeps_hidden = *hidden;
    return {};
}

base::Result<void> read_page_settings(const po::variables_map& given, Options& out) {
    const auto page = read_yes_or_no("page", given["page"].as<std::string>());
    if (!page) return std::unexpected(page.error());
    out.page = *page;
    if (given.count("metrics-token-file")) {
        const auto token = read_token(given["metrics-token-file"].as<std::string>());
        if (!token) return std::unexpected(token.error());
        out.metrics_token = *token;
    }
    if (!given.count("page-port")) return {};
    const auto port = read_count("page-port", given["page-port"].as<std::string>(), 1024, 65535);
    if (!port) return std::unexpected(port.error());
    out.page_port = static_cast<std::uint16_t>(*port);
    return {};
}

base::Result<Options> interpret(po::variables_map& given) {
    Options out;
    auto voidphone = read_voidphone(given);
    if (!voidphone) return std::unexpected(voidphone.error());
    out.voidphone = *std::move(voidphone);
    if (out.voidphone)
        for (const std::string& text : out.voidphone->known_peers) {
            const auto peer = read_onion("voidphone-config: known_peers", text);
            if (!peer) return std::unexpected(peer.error());
            out.suggested.push_back(*peer);
        }
    out.data_dir = value_or<std::string>(given, "data-dir",
                                         default_data_dir(process_environment()).value_or(""));
    out.tor_config = value_or<std::string>(given, "tor-config", "");
    out.passphrase_file = value_or<std::string>(given, "passphrase-file", "");
    if (given.count("passphrase-fd")) out.passphrase_fd = given["passphrase-fd"].as<int>();
    out.no_passphrase = given["no-passphrase"].as<bool>();
    out.words_file = value_or<std::string>(given, "recovery-words-file", "");
    out.no_words = given["no-recovery-words"].as<bool>();
    out.accept_loss = given["accept-loss"].as<bool>();
    out.new_address = given["new-address"].as<bool>();
    out.clock_is_right = given["clock-is-right"].as<bool>();
    if (given["check"].as<bool>()) out.asked = Asked::check;
    if (given["print-settings"].as<bool>()) out.asked = Asked::print_settings;
    const auto network = read_network(given["network"].as<std::string>());
    if (!network) return std::unexpected(network.error());
    out.network = *network;
    const auto budget = read_size("store-budget", given["store-budget"].as<std::string>(),
                                  base::limits::store_budget_min, base::limits::store_budget_max);
    if (!budget) return std::unexpected(budget.error());
    out.store_budget = *budget;
    if (const auto read = read_traffic_limits(given, out.traffic); !read)
        return std::unexpected(read.error());
    if (const auto read = read_relaying(given, out); !read) return std::unexpected(read.error());
    const auto level = read_level(given["log-level"].as<std::string>());
    if (!level) return std::unexpected(level.error());
    out.log_level = *level;
    const auto json = read_log_format(given["log-format"].as<std::string>());
    if (!json) return std::unexpected(json.error());
    out.log_json = *json;
    const auto sandbox = read_yes_or_no("sandbox", given["sandbox"].as<std::string>());
    if (!sandbox) return std::unexpected(sandbox.error());
    out.sandbox = *sandbox;
    out.group = value_or<std::string>(given, "group", "");
    out.group_dir = value_or<std::string>(given, "group-dir", "");
    out.log_file = value_or<std::string>(given, "log-file", "");
    if (const auto read = read_peers(given, out); !read) return std::unexpected(read.error());
    if (const auto read = read_mail_settings(given, out.mail); !read)
        return std::unexpected(read.error());
    if (const auto read = read_page_settings(given, out); !read)
        return std::unexpected(read.error());
    if (const auto checked = check_choices(out); !checked) return std::unexpected(checked.error());
    return out;
}

std::unexpected<base::Error> unknown_option(const std::string& name) {
    std::vector<std::string> known;
    const po::options_description all = all_options();
    for (const auto& option : all.options()) known.push_back("--" + option->long_name());
    const auto meant = nearest(name, known);
    return base::fail(ErrorCode::invalid, "unknown option " + name +
                                              (meant ? "; did you mean \"" + *meant + "\"?" : ".") +
                                              " hearsayd --help lists the options");
}

}  // namespace

base::Result<Options> read_options(int argc, const char* const* argv, std::size_t width) {
    try {
        po::variables_map given;
        const auto style =
            po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
        po::store(po::command_line_parser(argc, argv)
                      .options(all_options())
                      .positional({})
                      .style(style)
                      .run(),
                  given);
        Options out;
        if (given["help"].as<bool>()) out.asked = Asked::help;
        if (given["version"].as<bool>()) out.asked = Asked::version;
        out.data_dir = value_or<std::string>(given, "data-dir",
                                             default_data_dir(process_environment()).value_or(""));
        if (out.asked != Asked::run) return out;
        const std::string file = settings_file(given);
        if (!file.empty())
            if (const auto read = read_file_options(file, given); !read)
                return std::unexpected(read.error());
        po::notify(given);
        auto options = interpret(given);
        if (options && given["print-settings"].as<bool>()) {
            options->asked = Asked::print_settings;
            options->settings = settings_text(given, file, options->data_dir, width);
        }
        return options;
    } catch (const po::unknown_option& error) {
        return unknown_option(error.get_option_name());
    } catch (const po::too_many_positional_options_error&) {
        return base::fail(ErrorCode::invalid,
                          "hearsayd takes options only; hearsayd --help lists them. A running node "
                          "is talked to with the command hearsay: hearsay status");
    } catch (const po::error& error) {
        return base::fail(ErrorCode::invalid,
                          std::string(error.what()) + "; hearsayd --help lists the options");
    }
}

std::string help_text(std::size_t columns) {
    const std::size_t width = std::min(columns, width_prose);
    std::string out = sentence("hearsayd - a Tor-only gossip network node", width) + "\n" +
                      usage_lines("hearsayd [OPTION...]", width);
    for (const OptionGroup& group : option_groups())
        out += "\n" + table_of_options(group.title + ":", group.options, width);
    return out + "\n" +
           reflowed(
               "The node runs in the foreground until SIGINT or SIGTERM; talk to it with the "
               "command hearsay. SIGHUP opens --log-file anew.\n\n",
               width) +
           sentence(
               "Exit codes: 0 ended as asked, 1 could not start or go on, 2 wrong options, 3 "
               "--check found damage, 70 a fault that it did not expect.",
               width);
}

}  // namespace hearsay::app
