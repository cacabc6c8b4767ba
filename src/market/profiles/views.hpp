// market/profiles/views.hpp - what a profile looks like from outside: what commands take and
// answer.
#pragma once

#include <optional>
#include <string>

#include "item/kinds/profile.hpp"
#include "market/publications/views.hpp"

namespace hearsay::market {

struct ProfileDraft {
    item::Profile profile{};
    bool contact = false;  // with a mailbox for whoever wants to write to the persona
};

struct PersonaNames {
    std::string given{};     // what the user calls a friend
    std::string nickname{};  // what it calls itself; anybody may take any
};

struct ProfileView {
    base::PublisherKey persona{};
    item::Profile profile{};
    std::optional<base::MailboxId> mailbox{};
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
