// market/offers/views.hpp - what an offer looks like from outside: what commands take and answer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "item/kinds.hpp"
#include "market/publications/views.hpp"

namespace hearsay::market {

struct OfferView {
    item::ThingId thing;
    base::ItemId item;
    item::OfferText text;
    base::PublisherKey publisher;
    std::optional<base::MailboxId> mailbox;
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

}  // namespace hearsay::market
