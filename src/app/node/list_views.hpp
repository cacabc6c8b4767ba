// app/node/list_views.hpp - lists and watches in the words of the local API.
#pragma once

#include "api.pb.h"
#include "market/market.hpp"

namespace hearsay::app {

// `whole`: with its entries.
api::CuratedList to_api(const market::ListView& list, bool whole);
api::Why to_api(const market::WhyView& why);
api::Watch to_api(const market::WatchView& watch);
base::Result<api::Watch> to_api(const base::Result<market::WatchView>& watch);

// invalid: an entry that is about nothing, several things or no such thing.
base::Result<item::CuratedList> from_api(const api::CuratedListDraft& draft);
market::WatchView from_api(const api::WatchDraft& draft);

}  // namespace hearsay::app
