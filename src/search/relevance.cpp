#include "search/relevance.hpp"

#include <algorithm>
#include <bit>

namespace hearsay::search {
namespace {

constexpr double saturation = 1.2;     // k1 of BM25
constexpr double length_share = 0.75;  // b
constexpr double usual_words = 60;
constexpr double title_weight = 4;
constexpr double tag_weight = 3;
constexpr double line_weight = 2;
constexpr double text_weight = 1;
constexpr double partial = 0.5;

}  // namespace

Relevance::Relevance(const std::vector<Clause>& clauses,
                     const std::vector<std::vector<std::uint64_t>>& weights) {
    std::uint64_t most = 1;
    for (const auto& clause : weights)
        for (const std::uint64_t each : clause) most = std::max(most, each);
    for (std::size_t at = 0; at < clauses.size() && at < weights.size(); ++at) {
        if (clauses[at].excludes) continue;
        for (std::size_t word = 0; word < clauses[at].words.size(); ++word) {
            const std::uint64_t common = std::max<std::uint64_t>(weights[at][word], 1);
            words_.push_back({clauses[at].words[word].letters,
                              static_cast<double>(std::bit_width(most / common))});
        }
    }
}

std::int64_t Relevance::score(const Fields& fields, Tokens& scratch) const {
    std::vector<double> found(words_.size(), 0);
    std::size_t length = 0;
    const auto look = [&](std::string_view text, double weight) {
        scratch.clear();
        split(text, scratch);
        length += scratch.size();
        for (std::size_t at = 0; at < scratch.size(); ++at)
            for (std::size_t word = 0; word < words_.size(); ++word) {
                const std::string& wanted = words_[word].letters;
                if (!scratch[at].starts_with(wanted)) continue;
                found[word] += scratch[at].size() == wanted.size() ? weight : weight * partial;
            }
    };
    look(fields.title, title_weight);
    for (const std::string& tag : fields.tags) look(tag, tag_weight);
    for (const std::string& line : fields.lines) look(line, line_weight);
    look(fields.text, text_weight);
    const double norm = 1 - length_share + length_share * static_cast<double>(length) / usual_words;
    double out = 0;
    for (std::size_t word = 0; word < words_.size(); ++word) {
        // A stem that the letters do not show.
        const double times = found[word] > 0 ? found[word] : partial;
        out += words_[word].rarity * times * (saturation + 1) / (times + saturation * norm);
    }
    return static_cast<std::int64_t>(out * 1000);
}

}  // namespace hearsay::search
