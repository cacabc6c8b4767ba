#include "app/columns.hpp"

#include <algorithm>

#include <utf8proc.h>

namespace hearsay::app {

Decoded decode(std::string_view text) {
    Decoded out;
    const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                       static_cast<utf8proc_ssize_t>(text.size()), &out.code);
    if (size <= 0) return {};
    out.size = static_cast<std::size_t>(size);
    return out;
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

}  // namespace hearsay::app
