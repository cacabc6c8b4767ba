#include "net/proxy_line.hpp"

#include <charconv>

namespace hearsay::net {
namespace {

bool skip(std::string_view& text, std::string_view expected) {
    if (!text.starts_with(expected)) return false;
    text.remove_prefix(expected.size());
    return true;
}

std::optional<std::uint32_t> take_number(std::string_view& text, int base, std::uint32_t most) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc() || value > most) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

}  // namespace

std::optional<std::uint64_t> parse_proxy_line(std::string_view line) {
    if (line.size() > proxy_line_bytes_max) return std::nullopt;
    if (!skip(line, "PROXY TCP6 fc00:dead:beef:4dad::")) return std::nullopt;
    const auto high = take_number(line, 16, 0xFFFF);
    if (!high || !skip(line, ":")) return std::nullopt;
    const auto low = take_number(line, 16, 0xFFFF);
    if (!low || !skip(line, " ::1 ")) return std::nullopt;
    if (!take_number(line, 10, 0xFFFF) || !skip(line, " ")) return std::nullopt;
    if (!take_number(line, 10, 0xFFFF) || line != "\r\n") return std::nullopt;
    return std::uint64_t{*high} << 16 | *low;
}

}  // namespace hearsay::net
