// market/ratings/views.hpp - what a rating looks like from outside: what commands take and answer.
#pragma once

#include <string>

#include "market/publications/views.hpp"
#include "market/trade/state.hpp"

namespace hearsay::market {

struct RatingView : PublicationView {  // the publisher is who rates
    base::PublisherKey about{};
    trade::Role by_role = trade::Role::maker;
    std::uint32_t stars = 0;
    std::string text{};
};

}  // namespace hearsay::market
