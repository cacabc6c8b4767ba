#include "app/node/options.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <boost/program_options.hpp>

#include "crypto/onion.hpp"

namespace hearsay::app {
namespace {

namespace po = boost::program_options;
using base::ErrorCode;

po::options_description all_options() {
    po::options_description out("Options", 100);
    out.add_options()("data-dir", po::value<std::string>()->value_name("DIR"),
                      "where everything is kept (default: ~/.local/share/hearsay)")(
        "network", po::value<std::string>()->value_name("NAME")->default_value("main"),
        "main: Tor's own network; local: a private Tor network, see contrib/tornet")(
        "tor-config", po::value<std::string>()->value_name("FILE"),
        "further lines for Tor: bridges, proxies, the authorities of a private network")(
        "peer", po::value<std::vector<std::string>>()->value_name("ONION")->composing(),
        "a node to connect to; may be given several times")(
        "passphrase-file", po::value<std::string>()->value_name("FILE"),
        "the passphrase is the file's first line")("passphrase-fd", po::value<int>()->value_name("N"),
                                                   "the passphrase is the first line of descriptor N")(
        "no-passphrase", po::bool_switch(), "keep the keys on disk without a passphrase")(
        "recovery-words-file", po::value<std::string>()->value_name("FILE"),
        "write the recovery words of a new identity there instead of to the terminal")(
        "no-recovery-words", po::bool_switch(), "never show them: a lost disk is a lost identity")(
        "config", po::value<std::string>()->value_name("FILE"), "read options from this file (name = value)")(
        "log-level", po::value<std::string>()->value_name("LEVEL")->default_value("info"),
        "debug, info, warning or error")("version", po::bool_switch(),
                                         "name the versions of hearsayd and of what it is built with")(
        "help,h", po::bool_switch(), "this text");
    return out;
}

base::Result<item::Network> read_network(const std::string& name) {
    if (name == "main") return item::Network::main;
    if (name == "local") return item::Network::local;
    return base::fail(ErrorCode::invalid, "unknown network \"" + name + "\": expected main or local");
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

base::Result<void> read_file_options(const std::string& path, po::variables_map& given) {
    std::ifstream file(path);
    if (!file) return base::fail(ErrorCode::invalid, "cannot read the configuration file " + path);
    po::store(po::parse_config_file(file, all_options()), given);
    return {};
}

base::Result<void> check_choices(const Options& options) {
    const int passphrases = (options.passphrase_file.empty() ? 0 : 1) + (options.passphrase_fd ? 1 : 0) +
                            (options.no_passphrase ? 1 : 0);
    if (passphrases > 1)
        return base::fail(ErrorCode::invalid,
                          "give at most one of --passphrase-file, --passphrase-fd and --no-passphrase");
    if (!options.words_file.empty() && options.no_words)
        return base::fail(ErrorCode::invalid,
                          "give at most one of --recovery-words-file and --no-recovery-words");
    if (options.passphrase_fd && *options.passphrase_fd < 0)
        return base::fail(ErrorCode::invalid, "--passphrase-fd needs the number of an open descriptor");
    if (options.data_dir.empty())
        return base::fail(ErrorCode::invalid, "no data directory: give --data-dir or set HOME");
    if (options.network == item::Network::local && options.tor_config.empty())
        return base::fail(
            ErrorCode::invalid,
            "--network local needs --tor-config: the file client.torrc that contrib/tornet writes");
    return {};
}

base::Result<Options> interpret(const po::variables_map& given) {
    Options out;
    out.data_dir = value_or<std::string>(given, "data-dir", default_data_dir());
    out.tor_config = value_or<std::string>(given, "tor-config", "");
    out.passphrase_file = value_or<std::string>(given, "passphrase-file", "");
    if (given.count("passphrase-fd")) out.passphrase_fd = given["passphrase-fd"].as<int>();
    out.no_passphrase = given["no-passphrase"].as<bool>();
    out.words_file = value_or<std::string>(given, "recovery-words-file", "");
    out.no_words = given["no-recovery-words"].as<bool>();
    const auto network = read_network(given["network"].as<std::string>());
    if (!network) return std::unexpected(network.error());
    out.network = *network;
    const auto level = read_level(given["log-level"].as<std::string>());
    if (!level) return std::unexpected(level.error());
    out.log_level = *level;
    for (const std::string& text : value_or<std::vector<std::string>>(given, "peer", {})) {
        const auto peer = crypto::parse_onion(text);
        if (!peer) return base::fail(ErrorCode::invalid, "--peer " + text + ": " + peer.error().text);
        out.peers.push_back(*peer);
    }
    if (const auto checked = check_choices(out); !checked) return std::unexpected(checked.error());
    return out;
}

}  // namespace

std::string default_data_dir() {
    const auto variable = [](const char* name) -> std::string {
        const char* value = std::getenv(name);
        return value ? value : "";
    };
    if (const std::string own = variable("HEARSAY_DATA_DIR"); !own.empty()) return own;
    // The XDG base directory specification: a relative path is to be ignored.
    if (const std::string data = variable("XDG_DATA_HOME"); data.starts_with('/')) return data + "/hearsay";
    if (const std::string home = variable("HOME"); !home.empty()) return home + "/.local/share/hearsay";
    return "";
}

base::Result<Options> read_options(int argc, const char* const* argv) {
    try {
        po::variables_map given;
        const auto style = po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
        po::store(
            po::command_line_parser(argc, argv).options(all_options()).positional({}).style(style).run(),
            given);
        Options out;
        if (given["help"].as<bool>()) out.asked = Asked::help;
        if (given["version"].as<bool>()) out.asked = Asked::version;
        if (out.asked != Asked::run) return out;
        if (given.count("config"))
            if (const auto read = read_file_options(given["config"].as<std::string>(), given); !read)
                return std::unexpected(read.error());
        po::notify(given);
        return interpret(given);
    } catch (const po::error& error) {
        return base::fail(ErrorCode::invalid,
                          std::string(error.what()) + "; hearsayd --help lists the options");
    }
}

std::string help_text() {
    std::ostringstream out;
    out << "hearsayd - a Tor-only gossip network node\n\n"
           "usage: hearsayd [options]\n\n"
        << all_options()
        << "\nThe node runs in the foreground until SIGINT or SIGTERM; talk to it with the command hearsay.\n"
           "Exit codes: 0 ended as asked, 1 could not start or go on, 2 wrong options.\n";
    return out.str();
}

}  // namespace hearsay::app
