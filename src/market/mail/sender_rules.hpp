// market/mail/sender_rules.hpp - who may put mail into a mailbox. Pure.
//
//   1. A receipt is taken if it is for a mail that went out with this mailbox as its reply address;
//      it needs no postage.
//   2. A letter with an open ticket of the mailbox is taken, whatever the rule.
//   3. friends   the sender is a friend of the user's, by persona; no postage asked, whatever the
//                rule
//      takers    the letter begins or carries on a trade about the mailbox's offer, and is stamped
//      anyone    the letter is stamped
//   4. Unread letters of strangers (neither ticket nor friend) are limited for each mailbox. What
//      comes beyond waits in the network, where it lives for days, and is opened again when there
//      is room; so does what finds the inbox full.
// What is refused is forgotten and counted. Its sender hears nothing: no receipt, no removal. Nor
// does the sender of what looks like a receipt and is for no mail of ours, or for one that is
// acknowledged already.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "market/identity/mailbox_rule.hpp"

namespace hearsay::market {

// What is known of a letter that was opened.
struct Bearer {
    bool has_ticket = false;
    bool is_friend = false;
    bool is_stamped = false;
    // it is about the mailbox's offer and carries a trade's message
    bool trades = false;
    std::size_t strangers_unread = 0;  // letters of strangers that wait in this mailbox
};
enum class Refusal { no_postage, not_a_taker, not_a_friend, mailbox_full };
std::string_view name(Refusal refusal);
std::optional<Refusal> refusal(const MailboxRule& rule, const Bearer& bearer);

}  // namespace hearsay::market
