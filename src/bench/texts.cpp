#include "bench/texts.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace hearsay::bench {
namespace {

constexpr std::size_t vocabulary = 50'000;
constexpr std::size_t title_bytes = 40;
constexpr std::size_t line_bytes = 16;
constexpr std::size_t tags = 40;  // of the market's usual ones

constexpr std::array<std::string_view, 20> begins{"b", "br", "c", "d",  "f", "g", "gr",
                                                  "h", "k",  "l", "m",  "n", "p", "r",
                                                  "s", "st", "t", "tr", "v", "w"};
constexpr std::array<std::string_view, 8> middles{"a", "e", "i", "o", "u", "ea", "ou", "ai"};
constexpr std::array<std::string_view, 8> ends{"", "", "n", "r", "s", "t", "l", "nd"};

}  // namespace

Texts::Texts(base::Rng rng) : rng_(std::move(rng)) {
    std::set<std::string> known;
    while (words_.size() < vocabulary) {
        // Common words are short.
        const std::size_t syllables = 1 + rng_.below(words_.size() < 200    ? 2
                                                     : words_.size() < 5000 ? 3
                                                                            : 4);
        std::string word;
        for (std::size_t left = syllables; left > 0; --left) {
            word += begins[rng_.below(begins.size())];
            word += middles[rng_.below(middles.size())];
            word += ends[rng_.below(ends.size())];
        }
        if (known.insert(word).second) words_.push_back(std::move(word));
    }
    double sum = 0;
    for (std::size_t at = 0; at < words_.size(); ++at) {
        sum += 1.0 / static_cast<double>(at + 1);
        up_to_.push_back(sum);
    }
    for (double& each : up_to_) each /= sum;
}

const std::string& Texts::word() {
    const double drawn = static_cast<double>(rng_.below(1U << 30)) / (1U << 30);
    const auto at = std::upper_bound(up_to_.begin(), up_to_.end(), drawn) - up_to_.begin();
    return words_[std::min(static_cast<std::size_t>(at), words_.size() - 1)];
}

std::string Texts::words(std::size_t bytes) {
    std::string out = word();
    while (out.size() < bytes) out += (rng_.below(12) == 0 ? ", " : " ") + word();
    return out;
}

item::OfferText Texts::offer() {
    item::OfferText out;
    out.title = words(title_bytes);
    out.give = words(line_bytes);
    out.want = std::to_string(1 + rng_.below(500)) + " EUR";
    out.tags = {words_[rng_.below(tags)]};
    out.text = words(offer_text_bytes - std::min(offer_text_bytes - 1, text_bytes(out)));
    return out;
}

std::size_t text_bytes(const item::OfferText& offer) {
    std::size_t out =
        offer.title.size() + offer.text.size() + offer.give.size() + offer.want.size();
    for (const std::string& tag : offer.tags) out += tag.size();
    return out;
}

}  // namespace hearsay::bench
