#include "net/proxy_line.hpp"

#include <algorithm>
#include <charconv>

namespace hearsay::net {
namespace {

bool skip(std::string_view& text, std::string_view expected) {
    if (!text.starts_with(expected)) return false;
    text.remove_prefix(expected.size());
    return true;
}

// As printf writes it: no sign, no zero in front, lower case.
std::optional<std::uint32_t> take_number(std::string_view& text, int base) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (error != std::errc() || value > 0xFFFF) return std::nullopt;
    const std::string_view digits = text.substr(0, static_cast<std::size_t>(end - text.data()));
    const bool upper =
        std::any_of(digits.begin(), digits.end(), [](char c) { return c >= 'A' && c <= 'F'; });
    if (upper || (digits.size() > 1 && digits.front() == '0')) return std::nullopt;
    text.remove_prefix(digits.size());
    return value;
}

}  // namespace

std::optional<std::uint64_t> parse_proxy_line(std::string_view line) {
    if (line.size() > proxy_line_bytes_max) return std::nullopt;
    if (!skip(line, "PROXY TCP6 fc00:dead:beef:4dad::")) return std::nullopt;
    const auto high = take_number(line, 16);
    if (!high || !skip(line, ":")) return std::nullopt;
    const auto low = take_number(line, 16);
    if (!low || !skip(line, " ::1 ")) return std::nullopt;
    if (!take_number(line, 10) || !skip(line, " ")) return std::nullopt;
    if (!take_number(line, 10) || line != "\r\n") return std::nullopt;
    return std::uint64_t{*high} << 16 | *low;
}

std::size_t ProxyLineReader::take(std::string_view bytes) {
    if (state_ != State::reading) return 0;
    const std::string_view ahead = bytes.substr(0, proxy_line_bytes_max - line_.size());
    const std::size_t end = ahead.find('\n');
    const std::size_t taken = end == std::string_view::npos ? ahead.size() : end + 1;
    line_ += ahead.substr(0, taken);
    if (end == std::string_view::npos) {
        if (line_.size() == proxy_line_bytes_max) state_ = State::endless;
        return taken;
    }
    const std::optional<std::uint64_t> circuit = parse_proxy_line(line_);
    state_ = circuit ? State::done : State::malformed;
    circuit_ = circuit.value_or(0);
    return taken;
}

}  // namespace hearsay::net
