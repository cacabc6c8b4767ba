// bench/texts.hpp - offers that read as if people had written them, as far as an index can tell:
// words by Zipf's law, drawn from one seed.
#pragma once

#include <string>
#include <vector>

#include "base/rng.hpp"
#include "item/kinds.hpp"

namespace hearsay::bench {

// Of title, text, give, want and tags together, about.
inline constexpr std::size_t offer_text_bytes = 600;

class Texts {
public:
    explicit Texts(base::Rng rng);
    item::OfferText offer();
    // The n-th of all words comes about 1/n as often as the first.
    const std::string& word();
    base::Rng& rng() { return rng_; }

private:
    std::string words(std::size_t bytes);
    base::Rng rng_;
    std::vector<std::string> words_;
    std::vector<double> up_to_;  // the share of all that come before and with it
};

std::size_t text_bytes(const item::OfferText& offer);

}  // namespace hearsay::bench
