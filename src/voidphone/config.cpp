#include "voidphone/config.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <set>

namespace hearsay::voidphone {
namespace {

using base::ErrorCode;

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r";
    const std::size_t first = std::min(text.find_first_not_of(blanks), text.size());
    text.remove_prefix(first);  // total: at most all of it
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

std::optional<std::uint32_t> number(std::string_view text, std::uint32_t least,
                                    std::uint32_t most) {
    std::uint32_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (error != std::errc() || end != text.data() + text.size() || out < least || out > most)
        return std::nullopt;
    return out;
}

// What stands between commas and blanks.
std::vector<std::string_view> words(std::string_view text) {
    std::vector<std::string_view> out;
    while (true) {
        // total: at most all of it
        text.remove_prefix(std::min(text.find_first_not_of(", \t"), text.size()));
        if (text.empty()) return out;
        const std::size_t end = std::min(text.find_first_of(", \t"), text.size());
        out.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
}

// Each puts a value in its place, or says what was expected.
using Problem = std::optional<std::string>;

Problem set_address(std::string_view value, Config& out) {
    const std::size_t colon = value.rfind(':');
    const std::string_view host = value.substr(0, colon);
    const auto port =
        colon == value.npos ? std::nullopt : number(value.substr(colon + 1), 1024, 65535);
    const bool v6 = host == "[::1]";
    if (!port || (!v6 && host != "127.0.0.1" && host != "localhost"))
        return "expected 127.0.0.1:PORT or [::1]:PORT, with a port from 1024 to 65535; the "
               "interface is for programs of this machine only";
    out.api_address = {v6, static_cast<std::uint16_t>(*port)};
    return std::nullopt;
}

Problem set_cache(std::string_view value, Config& out) {
    const auto size = number(value, 1, base::limits::voidphone_cache_max);
    if (!size)
        return "expected a number from 1 to " + std::to_string(base::limits::voidphone_cache_max);
    out.cache_size = *size;
    return std::nullopt;
}

Problem set_types(std::string_view value, Config& out) {
    for (const std::string_view word : words(value)) {
        const std::size_t dash = std::min(word.find('-'), word.size());
        const auto first = number(word.substr(0, dash), 0, 65535);
        const auto last =
            dash == word.size() ? first : number(word.substr(dash + 1), first.value_or(0), 65535);
        if (!first || !last) return "expected numbers and ranges of them, such as 1337, 540-549";
        out.data_types.push_back(
            {static_cast<std::uint16_t>(*first), static_cast<std::uint16_t>(*last)});
    }
    if (out.data_types.empty()) return "expected at least one data type; without the key all are";
    return std::nullopt;
}

Problem set_cooldown(std::string_view value, Config& out) {
    if (!number(value, 0, 1'000'000)) return "expected a number of seconds";
    out.without_effect.emplace_back("search_cooldown");
    return std::nullopt;
}

Problem set_peers(std::string_view value, Config& out) {
    if (value.find('/') != value.npos) {
        out.known_peers_files.emplace_back(value);
        return std::nullopt;
    }
    for (const std::string_view word : words(value)) out.known_peers.emplace_back(word);
    return std::nullopt;
}

Problem set_bootstrappers(std::string_view value, Config& out) {
    for (const std::string_view word : words(value)) out.bootstrappers.emplace_back(word);
    return std::nullopt;
}

template <std::optional<std::string> Config::* member>
Problem keep(std::string_view value, Config& out) {
    out.*member = std::string(value);
    return std::nullopt;
}

struct Key {
    std::string_view name;
    Problem (*set)(std::string_view value, Config& out);
};
constexpr Key keys[] = {
    {"api_address", set_address},
    {"bootstrapper", set_bootstrappers},
    {"cache_size", set_cache},
    {"data_types", set_types},
    {"degree", keep<&Config::degree>},
    {"known_peers", set_peers},
    {"max_connections", keep<&Config::max_connections>},
    {"min_connections", keep<&Config::min_connections>},
    {"search_cooldown", set_cooldown},
};

Problem set(std::string_view key, std::string_view value, std::set<std::string_view>& seen,
            Config& out) {
    if (!seen.insert(key).second) return "stands there twice";
    const auto known = std::ranges::find(keys, key, &Key::name);
    if (known == std::end(keys)) {
        out.without_effect.emplace_back(key);
        return std::nullopt;
    }
    if (value.empty()) return "has no value";
    return known->set(value, out);
}

}  // namespace

std::string to_text(const Address& address) {
    return (address.v6 ? "[::1]:" : "127.0.0.1:") + std::to_string(address.port);
}

base::Result<Config> read_config(std::string_view text, const std::string& name) {
    Config out;
    std::set<std::string_view> seen;
    out.has_section = false;
    bool ours = false;
    for (std::size_t line = 1; !text.empty(); ++line) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view words_of_it = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        const auto failed = [&](const std::string& why) {
            return base::fail(ErrorCode::invalid,
                              name + ", line " + std::to_string(line) + ": " + why);
        };
        if (words_of_it.empty() || words_of_it.front() == '#' || words_of_it.front() == ';')
            continue;
        if (words_of_it.front() == '[') {
            if (words_of_it.back() != ']') return failed("expected [section]");
            ours = trimmed(words_of_it.substr(1, words_of_it.size() - 2)) == "gossip";
            out.has_section = out.has_section || ours;
            continue;
        }
        if (!ours) continue;
        const std::size_t equals = words_of_it.find('=');
        if (equals == words_of_it.npos) return failed("expected key = value");
        const std::string_view key = trimmed(words_of_it.substr(0, equals));
        const auto problem = set(key, trimmed(words_of_it.substr(equals + 1)), seen, out);
        if (problem) return failed(std::string(key) + ": " + *problem);
    }
    return out;
}

}  // namespace hearsay::voidphone
