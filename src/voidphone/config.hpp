// voidphone/config.hpp - the configuration file of a VoidPhone gossip module, as far as it means
// something here. docs/voidphone.md has the table.
//
// Rules:
//   1. Lines are `[section]`, `key = value`, empty, or begin with # or ;. Only the section [gossip]
//      is read: one file serves all modules of a VoidPhone.
//   2. A key of [gossip] that stands twice, or whose value makes no sense, is an error that names
//      the line. An unknown key is none: other gossip modules have more of them. It is named to the
//      user all the same, because it may be a slip.
//   3. The interface listens on the loopback and nowhere else: another api_address is an error.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/limits/voidphone.hpp"

namespace hearsay::voidphone {

struct TypeRange {  // of data types, both included
    std::uint16_t first = 0;
    std::uint16_t last = 0;
    bool operator==(const TypeRange&) const = default;
};

struct Address {
    bool v6 = false;  // ::1 instead of 127.0.0.1
    std::uint16_t port = base::limits::voidphone_port;
    bool operator==(const Address&) const = default;
};
std::string to_text(const Address& address);

struct Config {
    Address api_address{};
    std::size_t cache_size = base::limits::voidphone_cache_default;
    std::vector<TypeRange> data_types{};  // none: all

    // What hearsayd has options for, as it is written: those judge it.
    std::optional<std::string> degree{};
    std::optional<std::string> min_connections{};
    std::optional<std::string> max_connections{};
    std::vector<std::string> bootstrappers{};
    std::vector<std::string> known_peers{};        // addresses
    std::vector<std::string> known_peers_files{};  // or files of them

    // Keys of [gossip] that change nothing: search_cooldown, and unknown ones.
    std::vector<std::string> without_effect{};
    bool has_section = true;  // false: a file says nothing of [gossip], and the defaults hold
    bool operator==(const Config&) const = default;
};

// `name` is the file's, for errors (invalid).
base::Result<Config> read_config(std::string_view text, const std::string& name);

}  // namespace hearsay::voidphone
