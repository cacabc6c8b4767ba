// market/posts/views.hpp - what a post looks like from outside: what commands take and answer.
#pragma once

#include <string>

#include "item/kinds/post.hpp"
#include "market/publications/views.hpp"

namespace hearsay::market {

struct PostDraft {
    item::PostText text{};     // but for what it answers
    std::string answer_to{};   // an id, or a unique beginning of the id of what is here; or empty
    base::Seconds lifetime{};  // 0: the usual one
    std::string persona{};     // that signs; empty: a fresh one
};

struct PostView {
    item::ThingId thing{};
    base::ItemId item{};
    item::PostText text{};
    base::PublisherKey publisher{};
    base::WallTime created{};
    base::WallTime expires{};
    std::uint64_t sequence = 0;
    bool mine = false;
    PublicationState state = PublicationState::live;
    Spread spread{};  // of this version, if it is ours
    // Only what is ours, and was not heard back, waits for anything.
    bool waits() const {
        return state == PublicationState::queued || state == PublicationState::injected;
    }
};

}  // namespace hearsay::market
