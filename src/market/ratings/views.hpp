// market/ratings/views.hpp - what a rating looks like from outside: what commands take and answer.
#pragma once

#include <string>
#include <vector>

#include "market/publications/views.hpp"
#include "market/trade/state.hpp"

namespace hearsay::market {

enum class RatingOf { partner, thing };

struct RatingView : PublicationView {       // the publisher is who rates
    base::PublisherKey about{};             // of a thing its maker
    std::optional<item::ThingId> traded{};  // the thing; nothing: it is of the partner
    trade::Role by_role = trade::Role::maker;
    std::uint32_t stars = 0;
    std::string text{};
};

struct RatingSum {
    std::uint32_t count = 0;
    std::uint64_t stars = 0;
    void add(std::uint32_t rated) {
        ++count;
        stars += rated;
    }
    double mean() const { return count == 0 ? 0 : static_cast<double>(stars) / count; }
};
// Everybody's, of a persona or a thing.
struct RatingsView {
    std::vector<RatingView> newest{};
    RatingSum all{};
};
struct OfferRatings {
    RatingSum maker{};
    RatingSum thing{};
};

}  // namespace hearsay::market
