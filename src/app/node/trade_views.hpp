// app/node/trade_views.hpp - trades and ratings in the words of the local API, and back.
#pragma once

#include "api.pb.h"
#include "market/market.hpp"

namespace hearsay::app {

api::Trade to_api(const market::TradeView& trade, bool with_messages);
api::Rating to_api(const market::RatingView& rating);

// invalid: a word or an address that is none, and what was expected.
base::Result<market::TakeDraft> from_api(const api::TradeDraft& draft);
// What "evidence" chooses to show is also a MoveDraft; it is no move of its own.
struct TradeWish {
    bool evidence = false;
    market::MoveDraft draft;
};
base::Result<TradeWish> from_api(const api::TradeMove& move);

}  // namespace hearsay::app
