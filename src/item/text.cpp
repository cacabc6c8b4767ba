#include "item/text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <memory>

#include <utf8proc.h>

namespace hearsay::item {
namespace {

static_assert(UTF8PROC_VERSION_MAJOR > 2 ||
                  (UTF8PROC_VERSION_MAJOR == 2 && UTF8PROC_VERSION_MINOR >= 7),
              "utf8proc 2.7 is the first that knows Unicode 14.0");

struct Range {
    char32_t first;
    char32_t last;
};
constexpr Range assigned[] = {
#include "item/unicode_assigned.inc"
};

// Below it nothing decomposes, combines with what precedes it,
// or is unassigned but for a few that the table knows.
constexpr char32_t first_combining = 0x300;

// Takes the first code point away. Nothing if that is not UTF-8 (RFC 3629): overlong, a surrogate,
// beyond U+10FFFF or cut off.
std::optional<char32_t> take_point(std::string_view& text) {
    // total: the caller has looked that there is a first byte;
    // `size` is compared before the others are read
    const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
    const std::uint8_t lead = byte(0);
    const std::size_t size = lead < 0x80       ? 1
                             : lead >> 5 == 6  ? 2
                             : lead >> 4 == 14 ? 3
                             : lead >> 3 == 30 ? 4
                                               : 0;
    if (size == 0 || size > text.size()) return std::nullopt;
    char32_t point = size == 1 ? lead : lead & (0x7FU >> size);
    for (std::size_t at = 1; at < size; ++at) {
        if (byte(at) >> 6 != 2) return std::nullopt;
        point = point << 6 | (byte(at) & 0x3FU);
    }
    constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
    // total: size is 1 to 4
    if (point < least[size] || point > 0x10FFFF || surrogate) return std::nullopt;
    text.remove_prefix(size);
    return point;
}

// Characters of categories Cc, Zl and Zp, which never change.
bool is_control(char32_t point) {
    return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x2028 || point == 0x2029;
}

struct Look {
    bool known = true;      // UTF-8, and all of it assigned
    bool controls = false;  // holds some that no text may hold
    bool composed = true;   // certainly in NFC: nothing in it decomposes or combines
};

Look look(std::string_view text, bool lines) {
    Look out;
    while (!text.empty() && out.known) {
        const auto point = take_point(text);
        out.known = point && is_assigned(*point);
        if (!out.known) break;
        const bool allowed = lines && (*point == U'\n' || *point == U'\t');
        out.controls |= is_control(*point) && !allowed;
        out.composed &= *point < first_combining;
    }
    return out;
}

std::optional<std::string> normalized(std::string_view text) {
    utf8proc_uint8_t* raw = nullptr;
    const utf8proc_ssize_t size =
        utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                     static_cast<utf8proc_ssize_t>(text.size()), &raw,
                     static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
    const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(raw, &std::free);
    if (size < 0) return std::nullopt;
    return std::string(reinterpret_cast<const char*>(raw), static_cast<std::size_t>(size));
}

}  // namespace

bool is_assigned(char32_t point) {
    const auto after = std::ranges::upper_bound(assigned, point, {}, &Range::first);
    return after != std::begin(assigned) && point <= std::prev(after)->last;
}

std::optional<std::string> to_nfc(std::string_view text) {
    const Look seen = look(text, true);
    if (!seen.known) return std::nullopt;
    return seen.composed ? std::string(text) : normalized(text);
}

bool is_visible_text(std::string_view text) {
    // Letters and symbols by category that are blank all the same: fillers of Hangul, an empty
    // pattern of Braille, vowels of Khmer that show nothing.
    constexpr char32_t blank[] = {0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0};
    while (!text.empty()) {
        const auto point = take_point(text);
        if (!point) return true;  // broken: that is another complaint's
        if (std::ranges::find(blank, *point) != std::end(blank)) continue;
        switch (utf8proc_category(static_cast<utf8proc_int32_t>(*point))) {
            case UTF8PROC_CATEGORY_ZS:
            case UTF8PROC_CATEGORY_ZL:
            case UTF8PROC_CATEGORY_ZP:
            case UTF8PROC_CATEGORY_CC:
            case UTF8PROC_CATEGORY_CF:
            case UTF8PROC_CATEGORY_MN:
            case UTF8PROC_CATEGORY_ME:
                continue;
            default:
                return true;
        }
    }
    return false;
}

bool is_clean_text(std::string_view text, bool lines) {
    const Look seen = look(text, lines);
    if (!seen.known || seen.controls) return false;
    return seen.composed || normalized(text) == text;
}

}  // namespace hearsay::item
