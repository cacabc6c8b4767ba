// market/identity/views.hpp - what personas and mailboxes look like from outside: what commands
// take and answer.
#pragma once

#include <string>

#include "base/ids.hpp"
#include "base/time.hpp"
#include "market/identity/mailbox_rule.hpp"

namespace hearsay::market {

struct PersonaView {
    base::PublisherKey key;
    // "main", "kept", "imported", "offer <thing id>" or "mail to <thing id or mailbox address>"
    std::string purpose;
    base::WallTime created;
    std::string name{};
    bool kept = false;     // until it is retired
    bool retired = false;  // goes when nothing needs it any more
};
struct MailboxView {
    base::MailboxId key;
    std::string purpose;  // as above, or "recovered"
    base::WallTime created;
    base::WallTime destroy_after;
    bool main = false;
    MailboxRule rule;
    std::uint32_t refused = 0;  // letters against the rule
    std::size_t strangers_unread = 0;
    bool published = false;   // its key, for who has only the address
    std::uint32_t heard = 0;  // from so many peers the published key came back
};

}  // namespace hearsay::market
