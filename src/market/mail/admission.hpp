// market/mail/admission.hpp - what becomes of a letter that a key of ours opened. Pure; the market
// does what this says.
//
// Rules, in order:
//   1. nothing      its item was opened before, or its mailbox is not ours any more: the key was
//                   destroyed meanwhile
//   2. receipt      it says what its sender has of ours. It never enters the inbox
//                   (proves_delivery())
//   3. copy         its message id is in the inbox, or was until the user removed it
//   4. thrown_away  the mailbox's rule refuses it (market/mail/sender_rules.hpp) for another reason
//                   than being full
//   5. waits        only room is missing, in the mailbox or in the inbox. It is neither counted nor
//                   is its ticket used up.
//   6. overflows    as many as waiting_mail_max wait already: thrown away, too
//   7. let_in       its ticket is used up
// What is thrown away and what waits is not answered: neither its sender nor anybody else sees a
// receipt or a removal.
#pragma once

#include <optional>

#include "base/ids.hpp"
#include "market/mail/sender_rules.hpp"

namespace hearsay::market {

enum class Admission {
    nothing,
    receipt,
    copy,
    thrown_away,
    waits_for_mailbox,
    waits_for_inbox,
    overflows,
    let_in
};

// What is known of a letter and of the place that it came to.
struct Knock {
    bool opened_before = false;
    bool mailbox_is_ours = false;
    bool is_receipt = false;
    bool is_known = false;  // its message id
    MailboxRule rule{};
    Bearer bearer{};
    bool has_room_in_inbox = false;  // or can be made: what was read gives way
    bool waits_already = false;
    std::size_t waiting = 0;  // letters, of all mailboxes
};
Admission admit(const Knock& knock);

// A mail that a receipt names, as our outbox has it.
struct Acknowledged {
    bool is_receipt = false;  // there are none for receipts
    bool before = false;      // acknowledged already
    std::optional<base::MailboxId> reply_to{};
};
// Whether a receipt that came to `mailbox` proves that this mail of ours arrived. Nobody but its
// reader knows its message id, which is not proof enough: a confused program might acknowledge what
// it has from elsewhere. So the receipt comes to the mailbox that the mail named, and once.
bool proves_delivery(const Acknowledged& mail, const base::MailboxId& mailbox);

}  // namespace hearsay::market
