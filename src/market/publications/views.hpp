// market/publications/views.hpp - what things that somebody published have in common as seen from
// outside, whatever their kind. What a kind adds is in its own views.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "item/item.hpp"

namespace hearsay::market {

// Ours, in order: its work is made; it waits to be handed to another node; it was, and is not heard
// yet; it came back. Live: somebody else's.
enum class PublicationState { working, queued, injected, published, removed, expired, live };
// How far a thing of ours got.
struct Spread {
    std::uint32_t injected = 0;  // times that it was handed to another node
    std::uint32_t heard = 0;     // peers that it was heard back from
    bool operator==(const Spread&) const = default;
};

// What a list of the user's says of a thing (market/lists/).
struct ListNote {
    item::ThingId list{};
    std::string name{};
    std::string reason{};
    bool mine = false;  // the list is one of the user's own
    bool operator==(const ListNote&) const = default;
};

struct PublicationView {
    item::ThingId thing{};
    base::ItemId item{};  // that carries this version; zero: of a removed one that was never out
    base::PublisherKey publisher{};
    std::optional<base::MailboxId> mailbox{};
    base::WallTime created{};
    base::WallTime expires{};
    std::uint64_t sequence = 0;
    bool mine = false;
    bool renewed = false;  // ours: it is published anew before it ends, because the user wants it
    PublicationState state = PublicationState::live;
    Spread spread{};  // of this version, if it is ours
    // At most one of the two; only where lists were asked (sifter.hpp).
    std::optional<ListNote> hidden_by{};
    std::optional<ListNote> recommended_by{};
    // Only what is ours, and was not heard back, waits for anything.
    bool waits() const {
        return state == PublicationState::queued || state == PublicationState::injected;
    }
    bool is_alive() const {
        return state != PublicationState::removed && state != PublicationState::expired;
    }
};

// Something of one's own that ends, or would.
struct EndingView {
    item::ThingId thing{};
    std::string_view kind{};  // its word
    std::string title{};
    bool renewed = false;
    base::WallTime expires{};
};

}  // namespace hearsay::market
