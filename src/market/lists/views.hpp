// market/lists/views.hpp - what a list looks like from outside: what commands take and answer.
#pragma once

#include <string>
#include <vector>

#include "item/kinds/list.hpp"
#include "market/publications/views.hpp"

namespace hearsay::market {

struct ListView : PublicationView {
    item::CuratedList list{};
    bool is_private = false;  // one's own that nobody else sees
    bool subscribed = false;
    bool awaited = false;  // a subscribed one of which nothing was heard yet
};

// One entry that is about a thing, of any list that is here.
struct WhyEntry {
    item::ThingId list{};
    std::string name{};
    base::PublisherKey publisher{};  // zero: of a private one
    bool mine = false;
    bool subscribed = false;
    item::ListEntry entry{};
};

struct WhyView {
    item::ThingId thing{};
    item::Kind kind{};
    std::string title{};
    bool hidden = false;              // from the user
    std::vector<WhyEntry> entries{};  // in the order in which they count; then of other lists
};

}  // namespace hearsay::market
