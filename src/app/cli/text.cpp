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

struct Decoded {
    utf8proc_int32_t code = -1;  // negative: broken UTF-8
    std::size_t size = 1;
};

Decoded decode(std::string_view text) {
    Decoded out;
    const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                       static_cast<utf8proc_ssize_t>(text.size()), &out.code);
    if (size <= 0) return {};
    out.size = static_cast<std::size_t>(size);
    return out;
}

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

std::size_t columns(std::string_view text) {
    std::size_t sum = 0;
    while (!text.empty()) {
        const Decoded next = decode(text);
        sum += next.code < 0 ? 1
                             : static_cast<std::size_t>(std::max(0, utf8proc_charwidth(next.code)));
        text.remove_prefix(next.size);
    }
    return sum;
}

std::string fit(std::string_view text, std::size_t width) {
    std::size_t taken = columns(text);
    if (taken <= width) return std::string(text) + std::string(width - taken, ' ');
    const std::size_t room = width < 3 ? 0 : width - 3;
    std::string out;
    taken = 0;
    while (!text.empty()) {
        const Decoded next = decode(text);
        const std::string_view part = text.substr(0, next.size);
        if (taken + columns(part) > room) break;
        out += part;
        taken += columns(part);
        text.remove_prefix(next.size);
    }
    return out + std::string(std::min<std::size_t>(3, width), '.') + std::string(room - taken, ' ');
}

namespace {

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool closes(utf8proc_int32_t code) {
    const auto category = utf8proc_category(code);
    return category == UTF8PROC_CATEGORY_PE || category == UTF8PROC_CATEGORY_PF ||
           category == UTF8PROC_CATEGORY_PO;
}
bool opens(utf8proc_int32_t code) {
    const auto category = utf8proc_category(code);
    return category == UTF8PROC_CATEGORY_PS || category == UTF8PROC_CATEGORY_PI;
}

// Unicode Standard Annex 14, as far as it decides here: ideographs (ID) break on both sides, but
// nothing breaks before what closes, behind what opens, and inside of what is joined.
bool breaks_between(utf8proc_int32_t before, utf8proc_int32_t behind) {
    constexpr utf8proc_int32_t joiner = 0x200D;
    if (before < 0 || behind < 0 || before == joiner || utf8proc_charwidth(behind) == 0)
        return false;
    const bool wide = utf8proc_charwidth(before) == 2 || utf8proc_charwidth(behind) == 2;
    return wide && !closes(behind) && !opens(before);
}

// Parts of at most so many columns, each with its combining characters.
void break_anywhere(std::string_view text, std::size_t most, std::vector<std::string_view>& out) {
    std::size_t begin = 0, at = 0, taken = 0;
    while (at < text.size()) {
        const std::size_t size = decode(text.substr(at)).size;
        const std::size_t more = columns(text.substr(at, size));
        if (more > 0 && taken > 0 && taken + more > most) {
            out.push_back(text.substr(begin, at - begin));
            begin = at;
            taken = 0;
        }
        at += size;
        taken += more;
    }
    out.push_back(text.substr(begin));
}

}  // namespace

std::vector<std::string_view> parts_of_word(std::string_view word, std::size_t most) {
    std::vector<std::string_view> out;
    if (is_ascii(word)) return {word};
    const auto add = [&](std::string_view part) {
        if (is_ascii(part) || columns(part) <= most)
            out.push_back(part);
        else
            break_anywhere(part, most, out);
    };
    std::size_t begin = 0, at = 0;
    utf8proc_int32_t before = -1;
    while (at < word.size()) {
        const Decoded next = decode(word.substr(at));
        if (breaks_between(before, next.code)) {
            add(word.substr(begin, at - begin));
            begin = at;
        }
        before = next.code;
        at += next.size;
    }
    add(word.substr(begin));
    return out;
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

std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates) {
    // Optimal string alignment: insertions, deletions, substitutions and swapped neighbours.
    const auto distance = [](std::string_view a, std::string_view b) {
        std::vector<std::vector<std::size_t>> d(a.size() + 1,
                                                std::vector<std::size_t>(b.size() + 1));
        for (std::size_t i = 0; i <= a.size(); ++i) {
            for (std::size_t j = 0; j <= b.size(); ++j) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + change});
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
            }
        }
        return d[a.size()][b.size()];
    };
    if (word.empty() || word.size() > 40) return std::nullopt;
    std::optional<std::string> best;
    std::size_t best_distance = 3;
    for (const std::string& candidate : candidates) {
        const std::size_t apart = distance(word, candidate);
        if (apart < best_distance && apart < candidate.size()) {
            best = candidate;
            best_distance = apart;
        }
    }
    return best;
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
