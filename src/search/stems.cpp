#include "search/stems.hpp"

#include <algorithm>
#include <array>
#include <libstemmer.h>

#include "base/limits/search.hpp"

namespace hearsay::search {
namespace {

constexpr std::array<std::string_view, 18> languages{"ca", "da", "de", "el", "en", "es",
                                                     "fi", "fr", "hu", "it", "lt", "nl",
                                                     "no", "pt", "ro", "ru", "sv", "tr"};

}  // namespace

std::span<const std::string_view> stemmed_languages() {
    return languages;
}

void Stemmer::Close::operator()(sb_stemmer* stemmer) const {
    sb_stemmer_delete(stemmer);
}

Stemmer::Stemmer() = default;
Stemmer::~Stemmer() = default;

std::string Stemmer::stem(std::string_view language, std::string_view word) {
    if (std::ranges::find(languages, language) == languages.end()) return {};
    auto found = by_language_.find(language);
    if (found == by_language_.end()) {
        const std::string name(language);
        found =
            by_language_
                .emplace(name,
                         std::unique_ptr<sb_stemmer, Close>(sb_stemmer_new(name.c_str(), "UTF_8")))
                .first;
    }
    if (!found->second) return {};
    const sb_symbol* const out =
        sb_stemmer_stem(found->second.get(), reinterpret_cast<const sb_symbol*>(word.data()),
                        static_cast<int>(word.size()));
    if (out == nullptr) return {};
    const auto size = std::min(static_cast<std::size_t>(sb_stemmer_length(found->second.get())),
                               base::limits::term_bytes_max);
    return {reinterpret_cast<const char*>(out), size};
}

}  // namespace hearsay::search
