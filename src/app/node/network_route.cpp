#include "app/node/network_route.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/file.hpp"

namespace hearsay::app {
namespace {

constexpr std::size_t table_bytes_max = 4 * 1024 * 1024;
constexpr std::uint32_t flag_up = 0x1, flag_reject = 0x200;  // route(8)

std::vector<std::string_view> words_of(std::string_view line) {
    std::vector<std::string_view> out;
    while (true) {
        const std::size_t begin = line.find_first_not_of(" \t");
        if (begin == line.npos) return out;
        const std::size_t end = std::min(line.find_first_of(" \t", begin), line.size());
        out.push_back(line.substr(begin, end - begin));
        line.remove_prefix(end);
    }
}

std::optional<std::uint32_t> hex_of(std::string_view text) {
    std::uint32_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, 16);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return out;
}

bool is_usable(std::string_view flags, std::string_view device) {
    const auto bits = hex_of(flags);
    return bits && (*bits & flag_up) != 0 && (*bits & flag_reject) == 0 && device != "lo";
}

template <class Fits>
bool any_line(std::string_view table, Fits fits) {
    while (!table.empty()) {
        const std::size_t end = std::min(table.find('\n'), table.size());
        if (fits(words_of(table.substr(0, end)))) return true;
        table.remove_prefix(std::min(end + 1, table.size()));
    }
    return false;
}

// Files of /proc have no size, and are read whole.
std::optional<std::string> read_table(const char* path) {
    const auto text = store::read_file(path, table_bytes_max);
    return text ? std::optional(base::to_text(*text)) : std::nullopt;
}

}  // namespace

bool has_default_route(std::string_view route, std::string_view ipv6_route) {
    const auto ipv4 = [](const std::vector<std::string_view>& words) {
        return words.size() >= 8 && words[1] == "00000000" && words[7] == "00000000" &&
               is_usable(words[3], words[0]);
    };
    const auto ipv6 = [](const std::vector<std::string_view>& words) {
        return words.size() >= 10 && words[0] == std::string(32, '0') && words[1] == "00" &&
               is_usable(words[8], words[9]);
    };
    return any_line(route, ipv4) || any_line(ipv6_route, ipv6);
}

bool machine_has_route(bool loopback) {
    if (loopback) {
        const auto tree = read_table("/proc/net/fib_trie");
        return !tree || tree->find("127.0.0.1") != std::string::npos;
    }
    const auto ipv4 = read_table("/proc/net/route");
    const auto ipv6 = read_table("/proc/net/ipv6_route");
    if (!ipv4 && !ipv6) return true;
    return has_default_route(ipv4.value_or(""), ipv6.value_or(""));
}

}  // namespace hearsay::app
