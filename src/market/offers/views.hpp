// market/offers/views.hpp - what an offer looks like from outside: what commands take and answer.
#pragma once

#include "item/kinds.hpp"
#include "market/publications/views.hpp"

namespace hearsay::market {

struct OfferView : PublicationView {
    item::OfferText text{};
};

}  // namespace hearsay::market
