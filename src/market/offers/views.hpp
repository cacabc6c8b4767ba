// market/offers/views.hpp - what an offer looks like from outside: what commands take and answer.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "item/kinds.hpp"
#include "market/publications/views.hpp"

namespace hearsay::market {

struct OfferView {
    item::ThingId thing;
    base::ItemId item;
    item::OfferText text;
    base::PublisherKey publisher;
    std::optional<base::MailboxKey> mailbox;
    base::WallTime created;
    base::WallTime expires;
    std::uint64_t sequence = 0;
    bool mine = false;
    PublicationState state = PublicationState::live;
    Spread spread;  // of this version, if it is ours
    // Only what is ours, and was not heard back, waits for anything.
    bool waits() const {
        return state == PublicationState::queued || state == PublicationState::injected;
    }
};

// What is searched (search/query.hpp for the words). Empty fields ask for nothing.
struct SearchDraft {
    std::string words;
    std::string kind, by, tag;  // by: a persona's address
    std::string sort;           // newest (also if empty), relevance, price
    std::string currency;       // only with a price in it; sort price needs it
    std::string cursor;
    std::size_t limit = 0;
};

struct SearchView {
    std::vector<OfferView> found;
    std::uint64_t total = 0;
    bool is_more_than = false;  // there are more than `total`
    std::uint64_t ranked = 0;
    std::vector<std::pair<std::string, std::string>> corrected;
    std::string cursor;  // of the next page; empty: there is none
};

}  // namespace hearsay::market
