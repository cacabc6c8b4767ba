// search/tokens.hpp - a text as a row of words, as index, query and reading again all see it.
//
// In order, for a text of any bytes:
//   1. What is not UTF-8 separates.
//   2. Letters, digits and marks make words; all else separates. Zero-width and bidirectional
//      controls, soft hyphens and the tatweel do neither: they vanish, so that nobody hides a word
//      from a search by what nobody sees.
//   3. Compatibility decomposition and case folding (Unicode Standard Annex 15, utf8proc), then
//      diacritics of Latin, Greek, Cyrillic, Hebrew and Arabic go. Marks of other scripts are parts
//      of their letters and stay. What is left is composed again.
//   4. Scripts that put no spaces between words (Han, Hiragana, Katakana, Thai, Lao, Khmer,
//      Myanmar) become pairs of letters, each overlapping the next. A run's last letter stands
//      alone, too, so that a query of one letter finds it wherever it is.
//   5. A word is cut after term_bytes_max, at a letter's end.
// Total: any bytes give words, at most `most` of them, each 1 to term_bytes_max bytes of UTF-8
// without bytes below '0'. Costs some 30 ns a word of ASCII.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits/search.hpp"

namespace hearsay::search {

class Tokens {
public:
    std::size_t size() const { return tokens_.size(); }
    bool empty() const { return tokens_.empty(); }
    std::string_view operator[](std::size_t at) const {
        const Token& token = tokens_[at];
        return std::string_view(letters_).substr(token.begin, token.size);
    }
    // The single letter at the end of a run of pairs: no neighbour of what follows.
    bool is_tail(std::size_t at) const { return tokens_[at].tail; }
    // Whether it is of a script without spaces.
    bool is_joined(std::size_t at) const { return tokens_[at].joined; }
    // All since it was made, those that were cleared included: what splitting has cost.
    std::uint64_t made() const { return cleared_ + tokens_.size(); }
    void clear() {
        cleared_ += tokens_.size();
        letters_.clear();
        tokens_.clear();
    }

private:
    friend class Splitter;
    struct Token {
        std::uint32_t begin = 0;
        std::uint8_t size = 0;
        bool joined = false;
        bool tail = false;
    };
    std::string letters_;
    std::vector<Token> tokens_;
    std::uint64_t cleared_ = 0;
};

// Appends the words of `text` until there are `most` tokens.
void split(std::string_view text, Tokens& out, std::size_t most = base::limits::text_tokens_max);

// The words of a text with one blank between, cut to term_bytes_max: as facets are compared.
std::string folded(std::string_view text);

}  // namespace hearsay::search
