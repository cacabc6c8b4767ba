#include "app/node/settings.hpp"

#include <algorithm>
#include <sstream>

#include "base/durations.hpp"
#include "base/encoding.hpp"
#include "base/limits/items.hpp"
#include "crypto/onion.hpp"
#include "store/file.hpp"

namespace hearsay::app {
namespace {

using base::ErrorCode;

// Ten thousand addresses with remarks; far more than a start needs.
constexpr std::size_t known_peers_bytes_max = 1 << 20;

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r";
    const std::size_t begin = std::min(text.find_first_not_of(blanks), text.size());
    text.remove_prefix(begin);
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

}  // namespace

base::Result<std::size_t> read_count(const std::string& option, const std::string& text,
                                     std::size_t least, std::size_t most) {
    std::size_t number = 0;
    const bool digits =
        !text.empty() && text.size() <= 9 &&
        std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    for (const char c : digits ? text : std::string())
        number = number * 10 + static_cast<std::size_t>(c - '0');
    if (!digits || number < least || number > most)
        return base::fail(ErrorCode::invalid,
                          "--" + option + " " + text + ": expected a number from " +
                              std::to_string(least) + " to " + std::to_string(most));
    return number;
}

base::Result<std::uint64_t> read_size(const std::string& option, const std::string& text,
                                      std::uint64_t least, std::uint64_t most) {
    constexpr std::string_view units = "KMG";
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const std::string unit = text.substr(digits);
    const std::size_t at = unit.empty() ? units.npos : units.find(unit.front());
    const bool known = at != units.npos && (unit.size() == 1 || unit.substr(1) == "iB");
    std::uint64_t number = 0;
    for (const char c : text.substr(0, std::min<std::size_t>(digits, 9)))
        number = number * 10 + static_cast<std::uint64_t>(c - '0');
    const std::uint64_t bytes = known ? number << (10 * (at + 1)) : 0;
    if (digits == 0 || digits > 9 || !known || bytes < least || bytes > most)
        return base::fail(ErrorCode::invalid,
                          "--" + option + " " + text + ": expected a size from " +
                              std::to_string(least >> 20) + "MiB to " + std::to_string(most >> 30) +
                              "GiB, such as 500MiB or 2GiB");
    return bytes;
}

base::Result<bool> read_yes_or_no(const std::string& option, const std::string& text) {
    if (text == "yes") return true;
    if (text == "no") return false;
    return base::fail(ErrorCode::invalid, "--" + option + " " + text + ": expected yes or no");
}

base::Result<base::Seconds> read_span(const std::string& option, const std::string& text) {
    if (text == "0") return base::Seconds(0);
    const std::optional<base::Seconds> span = base::parse_duration(text, "smhd");
    if (span && *span <= base::limits::lifetime_max) return *span;
    return base::fail(ErrorCode::invalid,
                      "--" + option + " " + text +
                          ": expected a number with s, m, h or d, such as 90s or 2h, at most 15d");
}

base::Result<base::PeerId> read_onion(const std::string& option, const std::string& text) {
    const auto peer = crypto::parse_onion(text);
    if (!peer)
        return base::fail(ErrorCode::invalid,
                          "--" + option + " " + text + ": " + peer.error().text);
    return *peer;
}

base::Result<std::vector<base::PeerId>> read_known_peers(const std::string& path) {
    const auto bytes = store::read_file(path, known_peers_bytes_max);
    if (!bytes) return base::fail(ErrorCode::invalid, "--known-peers: " + bytes.error().text);
    std::vector<base::PeerId> out;
    std::istringstream lines(without_mark(base::to_text(*bytes)));
    std::size_t number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        const std::string_view word = trimmed(std::string_view(line).substr(0, line.find('#')));
        if (word.empty()) continue;
        const auto peer = crypto::parse_onion(word);
        if (!peer)
            return base::fail(ErrorCode::invalid, "--known-peers " + path + ", line " +
                                                      std::to_string(number) + ": " +
                                                      peer.error().text);
        out.push_back(*peer);
    }
    return out;
}

std::string without_mark(const std::string& text) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    return text.starts_with(byte_order_mark) ? text.substr(byte_order_mark.size()) : text;
}

std::string with_dashes(const std::string& text) {
    std::string out;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t end = line.find_first_of("=#");
        if (end != std::string::npos && line[end] == '=')
            std::replace(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(end), '_', '-');
        out += line + "\n";
    }
    return out;
}

base::Result<base::Secret> read_token(const std::string& path) {
    constexpr std::size_t bytes_max = 4096;
    const auto text = store::read_file(path, bytes_max);
    if (!text)
        return base::fail(base::ErrorCode::invalid,
                          "cannot read --metrics-token-file " + path + ": " + text.error().text);
    std::string_view line = base::as_text(*text);
    line = line.substr(0, line.find_first_of("\r\n"));
    const auto bytes = base::from_hex(line);
    const auto secret = bytes ? base::Secret::from(*bytes) : std::nullopt;
    if (!secret)
        return base::fail(base::ErrorCode::invalid,
                          "--metrics-token-file " + path +
                              ": expected 64 hexadecimal digits, as openssl rand -hex 32 makes "
                              "them");
    return *secret;
}

}  // namespace hearsay::app
