#include "app/cli/text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <utility>
#include <vector>

#include <utf8proc.h>

#include "base/durations.hpp"

namespace hearsay::app::cli {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr int marks_in_a_row_max = 4;

enum class Kind { plain, mark, line_end, blank, joiner, harmful };

// Letters and symbols by category of which nothing shows.
bool is_filler(utf8proc_int32_t code) {
    constexpr std::array<utf8proc_int32_t, 8> fillers{0x034F, 0x115F, 0x1160, 0x17B4,
                                                      0x17B5, 0x2800, 0x3164, 0xFFA0};
    return std::find(fillers.begin(), fillers.end(), code) != fillers.end();
}

// Behind these a joiner changes how letters look: scripts from Hebrew on up to the Tai ones, and
// emoji with what belongs to them. Between Latin, Greek, Cyrillic and Armenian letters, digits,
// Hangul, kana and Han it shows nothing.
bool takes_joiner(utf8proc_int32_t code) {
    return (code >= 0x0590 && code < 0x10A0) || (code >= 0x1700 && code < 0x1C90) ||
           (code >= 0xA800 && code < 0xAB30) || (code >= 0xFB1D && code < 0xFE00) ||
           (code >= 0xFE70 && code < 0xFEFF) || code == 0xFE0F || code == 0x20E3 ||
           (code >= 0x2190 && code < 0x2C00) || (code >= 0x10A00 && code < 0x12000) ||
           (code >= 0x1F000 && code < 0x20000);
}

Kind classify(utf8proc_int32_t code) {
    if (code < 0) return Kind::harmful;
    if (code == '\n' || code == 0x2028 || code == 0x2029) return Kind::line_end;
    if (code == '\t') return Kind::blank;
    if (code == 0x200c || code == 0x200d) return Kind::joiner;
    if (is_filler(code)) return Kind::harmful;
    switch (utf8proc_category(code)) {
        case UTF8PROC_CATEGORY_CC:
        case UTF8PROC_CATEGORY_CF:
        case UTF8PROC_CATEGORY_CS:
        case UTF8PROC_CATEGORY_CO:
            return Kind::harmful;
        case UTF8PROC_CATEGORY_MN:
        case UTF8PROC_CATEGORY_ME:
            return Kind::mark;
        default:
            return Kind::plain;
    }
}

// Calls `add(kind, text)` for each character that stays.
template <class Add>
void for_each_safe(std::string_view text, Add add) {
    int marks = 0;
    utf8proc_int32_t before = 0;
    while (!text.empty()) {
        const Decoded next = decode(text);
        Kind kind = classify(next.code);
        if (kind == Kind::joiner) kind = takes_joiner(before) ? Kind::plain : Kind::harmful;
        before = next.code;
        marks = kind == Kind::mark ? marks + 1 : 0;
        if (kind == Kind::harmful)
            add(Kind::plain, replacement);
        else if (marks <= marks_in_a_row_max)
            add(kind, text.substr(0, next.size));
        text.remove_prefix(next.size);
    }
}

// Six digits and a unit: more is a slip of the finger.
constexpr std::size_t span_letters_max = 7;

// What the API can carry: 32 bits of seconds. Zero is no span.
std::optional<base::Seconds> span_of(std::string_view text, std::string_view units) {
    if (text.size() > span_letters_max) return std::nullopt;
    const auto span = base::parse_duration(text, units);
    const bool fits = span && *span > base::Seconds(0) && *span <= base::Seconds(0xffffffff);
    return fits ? span : std::nullopt;
}

}  // namespace

std::string safe_line(std::string_view text) {
    std::string out;
    for_each_safe(text, [&](Kind kind, std::string_view part) {
        if (kind != Kind::line_end && kind != Kind::blank)
            out += part;
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    });
    return out;
}

std::string safe_lines(std::string_view text) {
    std::string out;
    bool at_start = true;
    for_each_safe(text, [&](Kind kind, std::string_view part) {
        at_start = kind == Kind::line_end;
        if (kind == Kind::line_end)
            out += '\n';
        else if (kind == Kind::blank)
            out += "    ";
        else
            out += part;
    });
    if (!at_start) out += '\n';
    return out;
}

std::string safe_title(std::string_view text) {
    std::string_view rest = text;
    while (!rest.empty()) {
        const Decoded next = decode(rest);
        const Kind kind = classify(next.code);
        const auto category = utf8proc_category(next.code);
        const bool shows = kind == Kind::plain && category != UTF8PROC_CATEGORY_ZS;
        if (shows) return safe_line(text);
        rest.remove_prefix(next.size);
    }
    return text.empty() ? "(no title)" : "(empty title)";
}

std::optional<base::Seconds> parse_lifetime(std::string_view text) {
    return span_of(text, "mhd");
}
std::optional<base::Seconds> parse_timeout(std::string_view text) {
    const bool bare = !text.empty() && text.back() >= '0' && text.back() <= '9';
    return span_of(std::string(text) + (bare ? "s" : ""), "smhd");
}

std::string describe_span(base::Seconds span) {
    const std::int64_t seconds = std::max<std::int64_t>(0, span.count());
    constexpr std::array<std::pair<std::int64_t, const char*>, 4> units{
        {{86400, "day"}, {3600, "hour"}, {60, "minute"}, {1, "second"}}};
    for (const auto& [size, name] : units) {
        const std::int64_t count = seconds / size;
        if (count >= 1 || size == 1)
            return std::to_string(count) + " " + name + (count == 1 ? "" : "s");
    }
    return {};
}

namespace {

// To the nearest of its unit. 59 minutes and 40 seconds are an hour.
std::string rounded_span(base::Seconds span) {
    const std::int64_t seconds = std::max<std::int64_t>(0, span.count());
    constexpr std::array<std::pair<std::int64_t, std::int64_t>, 3> units{
        {{86400, 3600}, {3600, 60}, {60, 1}}};
    for (const auto& [size, smaller] : units)
        if (seconds + smaller / 2 >= size)
            return describe_span(base::Seconds((seconds + size / 2) / size * size));
    return describe_span(span);
}

}  // namespace

std::string describe_when(base::WallTime when, base::WallTime now) {
    const base::Seconds away = when - now;
    if (away.count() == 0) return "now";
    return away.count() > 0 ? "in " + rounded_span(away) : describe_span(-away) + " ago";
}

std::string describe_made(base::WallTime when, base::WallTime now, base::Seconds step) {
    const bool fresh = when <= now && now - when < step;
    return fresh ? "just now" : describe_when(when, now);
}

std::string grouped(std::uint64_t number) {
    std::string out = std::to_string(number);
    for (std::size_t at = out.size(); at > 3; at -= 3) out.insert(at - 3, ",");
    return out;
}

std::string describe_date(base::WallTime when) {
    const auto seconds = static_cast<std::time_t>(base::unix_seconds(when));
    std::tm parts{};
    if (gmtime_r(&seconds, &parts) == nullptr) return "?";
    std::array<char, 64> out{};
    std::strftime(out.data(), out.size(), "%Y-%m-%d %H:%M UTC", &parts);
    return out.data();
}

std::string describe_bytes(std::uint64_t bytes) {
    constexpr std::array<const char*, 4> units{"kB", "MB", "GB", "TB"};
    if (bytes < 1000) return std::to_string(bytes) + " bytes";
    double value = static_cast<double>(bytes) / 1000;
    std::size_t unit = 0;
    while (value >= 999.95 && unit + 1 < units.size()) {
        value /= 1000;
        ++unit;
    }
    std::array<char, 48> out{};
    std::snprintf(out.data(), out.size(), "%.1f %s", value, units[unit]);
    return out.data();
}

std::string progress_bar(std::uint32_t percent, std::size_t width) {
    const std::size_t full = std::min<std::size_t>(percent, 100) * width / 100;
    return "[" + std::string(full, '#') + std::string(width - full, '-') + "]";
}

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
        if (plain)
            out.push_back(c);
        else
            out += {'%', digits[byte >> 4], digits[byte & 0x0FU]};
    }
    return out;
}

}  // namespace hearsay::app::cli
