// market/ratings/views.hpp - what a rating looks like from outside: what commands take and answer.
#pragma once

#include <string>

#include "market/publications/views.hpp"
#include "market/trade/state.hpp"

namespace hearsay::market {

struct RatingView {
    item::ThingId id{};
    base::PublisherKey by{};
    base::PublisherKey about{};
    trade::Role by_role = trade::Role::maker;
    std::uint32_t stars = 0;
    std::string text{};
    base::WallTime created{};
    base::WallTime expires{};
    bool mine = false;
    PublicationState state = PublicationState::live;
    Spread spread{};
};

}  // namespace hearsay::market
