// search/stems.hpp - the stem of a word in a language, by Snowball's rules (libstemmer).
//
// Stems come of folded words, so they are those of a text without diacritics on both sides: of the
// item and of the query. A language is told by its two letters of ISO 639-1; whatever else is
// stated has no stems. Words are at most term_bytes_max long when they come here.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct sb_stemmer;

namespace hearsay::search {

// All that have stems, in order.
std::span<const std::string_view> stemmed_languages();

class Stemmer {
public:
    Stemmer();
    ~Stemmer();
    Stemmer(const Stemmer&) = delete;
    Stemmer& operator=(const Stemmer&) = delete;

    // Empty if the language is unknown here, or has no stem for the word.
    std::string stem(std::string_view language, std::string_view word);

private:
    struct Close {
        void operator()(sb_stemmer* stemmer) const;
    };
    std::map<std::string, std::unique_ptr<sb_stemmer, Close>, std::less<>> by_language_;
};

}  // namespace hearsay::search
