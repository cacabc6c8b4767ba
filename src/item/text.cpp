#include "item/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <vector>

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

// Below it nothing decomposes, combines with what precedes it, or is unassigned but for a few that
// the table knows.
constexpr char32_t first_combining = 0x300;

constexpr auto normal_form = static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE);

// Takes the first code point away. Nothing if that is not UTF-8 (RFC 3629): overlong, a surrogate,
// beyond U+10FFFF or cut off.
std::optional<char32_t> take_point(std::string_view& text) {
    // total: the caller has looked that there is a first byte; `size` is compared before the others
    // are read
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

// Canonical decomposition of assigned code points, in UTF-32.
std::optional<std::vector<utf8proc_int32_t>> decomposed(std::string_view text) {
    // The longest of Unicode is 4; Hangul has 3.
    std::array<utf8proc_int32_t, 32> parts{};
    std::vector<utf8proc_int32_t> out;
    out.reserve(text.size());
    int boundary = 0;
    while (!text.empty()) {
        const auto point = take_point(text);
        if (!point) return std::nullopt;
        const auto count = utf8proc_decompose_char(
            static_cast<utf8proc_int32_t>(*point), parts.data(),
            static_cast<utf8proc_ssize_t>(parts.size()), normal_form, &boundary);
        if (count < 0 || static_cast<std::size_t>(count) > parts.size()) return std::nullopt;
        out.insert(out.end(), parts.begin(), parts.begin() + count);
    }
    return out;
}

// The canonical ordering: marks that follow one letter rise by their class, and those of one class
// stay as they were. utf8proc orders them by exchanging neighbours, which takes the square of their
// number: eight kilobytes of marks took forty times as long as everything else that an item costs.
void order_marks(std::vector<utf8proc_int32_t>& points) {
    const auto class_of = [](utf8proc_int32_t point) {
        return utf8proc_get_property(point)->combining_class;
    };
    const auto is_mark = [&](utf8proc_int32_t point) { return class_of(point) != 0; };
    for (auto at = points.begin(); at != points.end();) {
        const auto begin = std::find_if(at, points.end(), is_mark);
        at = std::find_if_not(begin, points.end(), is_mark);
        std::stable_sort(begin, at, [&](utf8proc_int32_t a, utf8proc_int32_t b) {
            return class_of(a) < class_of(b);
        });
    }
}

std::optional<std::string> normalized(std::string_view text) {
    auto points = decomposed(text);
    if (!points) return std::nullopt;
    order_marks(*points);
    const auto count = utf8proc_normalize_utf32(
        points->data(), static_cast<utf8proc_ssize_t>(points->size()), normal_form);
    if (count < 0) return std::nullopt;
    points->resize(std::min(points->size(), static_cast<std::size_t>(count)));
    std::string out;
    out.reserve(text.size());
    for (const utf8proc_int32_t point : *points) {
        std::array<utf8proc_uint8_t, 4> bytes{};
        const auto size = utf8proc_encode_char(point, bytes.data());
        if (size > 0) out.append(bytes.begin(), bytes.begin() + size);
    }
    return out;
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
