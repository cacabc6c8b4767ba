#include "search/tokens.hpp"

#include <algorithm>
#include <array>

#include <utf8proc.h>

namespace hearsay::search {
namespace {

namespace limits = base::limits;

struct Range {
    char32_t first;
    char32_t last;
};

template <std::size_t N>
bool is_in(const std::array<Range, N>& ranges, char32_t point) {
    return std::ranges::any_of(
        ranges, [&](const Range& each) { return point >= each.first && point <= each.last; });
}

// Marks that many leave out when they type: accents, points of vowels, signs of recitation.
constexpr std::array<Range, 10> left_out{{{0x0300, 0x036F},
                                          {0x0483, 0x0489},
                                          {0x0591, 0x05C7},
                                          {0x0610, 0x061A},
                                          {0x064B, 0x065F},
                                          {0x0670, 0x0670},
                                          {0x06D6, 0x06ED},
                                          {0x1AB0, 0x1AFF},
                                          {0x1DC0, 0x1DFF},
                                          {0x20D0, 0x20FF}}};
constexpr char32_t tatweel = 0x0640;

// Without spaces between words. The marks of sound of the kana are among them.
constexpr std::array<Range, 13> spaceless{{{0x0E00, 0x0EFF},
                                           {0x1000, 0x109F},
                                           {0x1780, 0x17FF},
                                           {0x3005, 0x3007},
                                           {0x3040, 0x30FF},
                                           {0x31F0, 0x31FF},
                                           {0x3400, 0x4DBF},
                                           {0x4E00, 0x9FFF},
                                           {0xA9E0, 0xA9FF},
                                           {0xAA60, 0xAA7F},
                                           {0xF900, 0xFAFF},
                                           {0x1B000, 0x1B16F},
                                           {0x20000, 0x323AF}}};

// Letters with a stroke and ligatures, which Unicode does not decompose.
std::string_view plain_letters(char32_t point) {
    switch (point) {
        case 0x00E6:
            return "ae";
        case 0x00F8:
            return "o";
        case 0x0111:
            return "d";
        case 0x0127:
            return "h";
        case 0x0131:
            return "i";
        case 0x0142:
            return "l";
        case 0x0153:
            return "oe";
        case 0x0167:
            return "t";
        default:
            return {};
    }
}

bool is_word_point(char32_t point) {
    switch (utf8proc_category(static_cast<utf8proc_int32_t>(point))) {
        case UTF8PROC_CATEGORY_LU:
        case UTF8PROC_CATEGORY_LL:
        case UTF8PROC_CATEGORY_LT:
        case UTF8PROC_CATEGORY_LM:
        case UTF8PROC_CATEGORY_LO:
        case UTF8PROC_CATEGORY_MN:
        case UTF8PROC_CATEGORY_MC:
        case UTF8PROC_CATEGORY_ME:
        case UTF8PROC_CATEGORY_ND:
        case UTF8PROC_CATEGORY_NL:
        case UTF8PROC_CATEGORY_NO:
            return true;
        default:
            return false;
    }
}

bool is_unseen(char32_t point) {
    return utf8proc_category(static_cast<utf8proc_int32_t>(point)) == UTF8PROC_CATEGORY_CF;
}

bool is_ascii_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Bytes of the first code point, 0 if it is none.
std::size_t take_point(std::string_view text, char32_t& point) {
    utf8proc_int32_t found = -1;
    const auto size = utf8proc_iterate(
        reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
        static_cast<utf8proc_ssize_t>(std::min<std::size_t>(text.size(), 4)), &found);
    if (size <= 0 || found < 0) return 0;
    point = static_cast<char32_t>(found);
    return static_cast<std::size_t>(size);
}

}  // namespace

// Cuts one text. What is ASCII only, as most is, is never decoded.
class Splitter {
public:
    Splitter(Tokens& out, std::size_t most) : out_(out), most_(most) {}

    void split(std::string_view text) {
        while (!text.empty() && !full()) {
            bool ascii = true;
            const std::size_t size = extent(text, ascii);
            if (size == 0) {
                text.remove_prefix(separator(text));
                continue;
            }
            if (ascii)
                add_ascii(text.substr(0, size));
            else
                add_folded(text.substr(0, size));
            text.remove_prefix(size);
        }
    }

private:
    bool full() const { return out_.tokens_.size() >= most_; }

    // How far a word reaches from here.
    static std::size_t extent(std::string_view text, bool& ascii) {
        std::size_t at = 0;
        while (at < text.size()) {
            if (static_cast<unsigned char>(text[at]) < 0x80) {
                if (!is_ascii_word(text[at])) break;
                ++at;
                continue;
            }
            char32_t point = 0;
            const std::size_t size = take_point(text.substr(at), point);
            if (size == 0 || (!is_word_point(point) && !is_unseen(point))) break;
            ascii = false;
            at += size;
        }
        return at;
    }
    static std::size_t separator(std::string_view text) {
        char32_t point = 0;
        return std::max<std::size_t>(take_point(text, point), 1);
    }

    void add_ascii(std::string_view word) {
        const std::size_t begin = out_.letters_.size();
        const std::size_t size = std::min(word.size(), limits::term_bytes_max);
        for (const char c : word.substr(0, size)) out_.letters_.push_back(to_lower(c));
        out_.tokens_.push_back(
            {static_cast<std::uint32_t>(begin), static_cast<std::uint8_t>(size)});
    }

    void add_folded(std::string_view word) {
        fold(word);
        for (std::size_t at = 0; at < points_.size() && !full();) {
            std::size_t end = at;
            const bool joined = is_in(spaceless, points_[at]);
            while (end < points_.size() && is_word_point(points_[end]) &&
                   is_in(spaceless, points_[end]) == joined)
                ++end;
            if (end == at)
                ++at;  // what decomposed into something that is in no word
            else if (joined)
                add_pairs(at, end);
            else
                add_points(at, end, false, false);
            at = std::max(at, end);
        }
    }

    void fold(std::string_view word) {
        points_.clear();
        while (!word.empty()) {
            char32_t point = 0;
            const std::size_t size = take_point(word, point);
            if (size == 0) break;  // extent() has looked
            word.remove_prefix(size);
            if (is_unseen(point)) continue;
            std::array<utf8proc_int32_t, 32> parts{};
            int boundary = 0;
            const auto count = utf8proc_decompose_char(
                static_cast<utf8proc_int32_t>(point), parts.data(), parts.size(),
                static_cast<utf8proc_option_t>(UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE |
                                               UTF8PROC_CASEFOLD | UTF8PROC_IGNORE),
                &boundary);
            if (count < 0 || static_cast<std::size_t>(count) > parts.size()) continue;
            for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
                add_part(static_cast<char32_t>(parts[i]));
        }
        compose();
    }
    void add_part(char32_t point) {
        if (is_in(left_out, point) || point == tatweel) return;
        const std::string_view plain = plain_letters(point);
        if (plain.empty()) points_.push_back(point);
        for (const char c : plain) points_.push_back(static_cast<char32_t>(c));
    }
    void compose() {
        std::vector<utf8proc_int32_t> raw(points_.begin(), points_.end());
        const auto count = utf8proc_normalize_utf32(
            raw.data(), static_cast<utf8proc_ssize_t>(raw.size()),
            static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
        if (count < 0) return;
        points_.assign(
            raw.begin(),
            raw.begin() + std::min<std::ptrdiff_t>(count, static_cast<std::ptrdiff_t>(raw.size())));
    }

    void add_pairs(std::size_t begin, std::size_t end) {
        for (std::size_t at = begin; at + 1 < end && !full(); ++at)
            add_points(at, at + 2, true, false);
        if (!full()) add_points(end - 1, end, true, end - begin > 1);
    }
    void add_points(std::size_t begin, std::size_t end, bool joined, bool tail) {
        const std::size_t start = out_.letters_.size();
        for (std::size_t at = begin; at < end; ++at) {
            std::array<utf8proc_uint8_t, 4> bytes{};
            const auto size =
                utf8proc_encode_char(static_cast<utf8proc_int32_t>(points_[at]), bytes.data());
            const std::size_t so_far = out_.letters_.size() - start;
            if (size <= 0 || so_far + static_cast<std::size_t>(size) > limits::term_bytes_max)
                break;
            for (std::size_t i = 0; i < static_cast<std::size_t>(size); ++i)
                out_.letters_.push_back(static_cast<char>(bytes[i]));
        }
        const std::size_t size = out_.letters_.size() - start;
        if (size == 0) return;
        out_.tokens_.push_back(
            {static_cast<std::uint32_t>(start), static_cast<std::uint8_t>(size), joined, tail});
    }

    Tokens& out_;
    const std::size_t most_;
    std::u32string points_;
};

void split(std::string_view text, Tokens& out, std::size_t most) {
    Splitter(out, most).split(text);
}

std::string folded(std::string_view text) {
    Tokens tokens;
    split(text, tokens, limits::query_terms_max);
    std::string out;
    for (std::size_t at = 0; at < tokens.size(); ++at) {
        if (tokens.is_tail(at)) continue;
        const std::string_view word = tokens[at];
        const std::string_view blank = out.empty() ? "" : " ";
        if (out.size() + blank.size() + word.size() > limits::term_bytes_max) break;
        out += std::string(blank) + std::string(word);
    }
    return out;
}

}  // namespace hearsay::search
