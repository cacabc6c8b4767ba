// app/node/options.hpp - what hearsayd is told by its command line and its configuration file.
//
// The file has the same names as the command line, one `name = value` a line, also with underscores
// for dashes; the command line wins, and what may be given several times adds up. It is read from
// --config, else from its default place (app/environment.hpp) if it is there.
// Nothing is read from the environment but HEARSAY_DATA_DIR, XDG_DATA_HOME, XDG_CONFIG_HOME and
// HOME, for the default places.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/layout.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/limits/retention.hpp"
#include "base/log.hpp"
#include "core/discovery/discovery.hpp"
#include "core/relay/traffic.hpp"
#include "item/item.hpp"
#include "market/market.hpp"
#include "voidphone/config.hpp"

namespace hearsay::app {

enum class Asked { run, help, version, check, print_settings };

struct Options {
    Asked asked = Asked::run;
    std::string data_dir;
    item::Network network = item::Network::main;
    std::string tor_config;               // file with further lines for Tor, or empty
    std::vector<base::PeerId> peers;      // pinned
    std::vector<base::PeerId> suggested;  // of the files known-peers: addresses to try
    core::DiscoverySettings discovery;
    market::MarketSettings mail;
    std::uint64_t store_budget = base::limits::store_budget_default;
    core::TrafficLimits traffic;
    bool relay_pictures = true;
    // Where the passphrase of the keys comes from; at most one of the three. None of them:
    // the terminal.
    std::string passphrase_file;
    std::optional<int> passphrase_fd;
    bool no_passphrase = false;
    // Where the recovery words of a new identity go; at most one. Neither: the terminal.
    std::string words_file;
    bool no_words = false;
    // Ways on for a home that lost a part (app/node/identity.hpp), and for a clock that is doubted
    // (clock_guard.hpp).
    bool accept_loss = false;
    bool new_address = false;
    bool clock_is_right = false;
    // A browser may come from the start on, and not only once `hearsay open` asks for it.
    bool page = false;
    std::uint16_t page_port = 0;  // 0: one that is free
    // Members of this group may use the interface, at group_dir/run/api; empty: nobody else may.
    std::string group;
    std::string group_dir;
    // Who shows it at the page's port reads the node's figures, and nothing else.
    std::optional<base::Secret> metrics_token{};
    // The gossip interface of a VoidPhone (docs/voidphone.md); nothing: it is off.
    std::optional<voidphone::Config> voidphone{};
    bool sandbox = true;  // the node gives up what it does not need (app/node/confinement.hpp)
    base::LogLevel log_level = base::LogLevel::info;
    std::string log_file;   // empty: standard error
    bool log_json = false;  // a JSON object a line
    std::string settings;   // of print_settings: what holds, as a settings file says it
};

// Errors are a sentence or two for the user: what was wrong and what was expected. Settings that
// are asked for are laid out for a terminal of so many columns (app/layout.hpp), and so is help.
base::Result<Options> read_options(int argc, const char* const* argv, std::size_t width = unbroken);
std::string help_text(std::size_t columns);

}  // namespace hearsay::app
