// What becomes of a letter that was opened: each rule by itself, and which of two goes first.
#include "market/mail/admission.hpp"

#include <doctest/doctest.h>

#include "base/limits/person.hpp"

namespace hearsay::market {
namespace {

// A stranger's first letter, stamped, to a mailbox of ours that has room.
Knock welcome() {
    Knock out;
    out.mailbox_is_ours = true;
    out.bearer.is_stamped = true;
    out.has_room_in_inbox = true;
    return out;
}
Knock at_full_mailbox() {
    Knock out = welcome();
    out.bearer.strangers_unread = out.rule.strangers_max;
    return out;
}

}  // namespace

TEST_CASE("a stamped letter is let in, once, and only while its mailbox is ours") {
    CHECK(admit(welcome()) == Admission::let_in);
    Knock again = welcome();
    again.opened_before = true;
    CHECK(admit(again) == Admission::nothing);
    Knock lost = welcome();
    lost.mailbox_is_ours = false;
    CHECK(admit(lost) == Admission::nothing);
}

TEST_CASE("a receipt is a receipt and a copy a copy, whatever the mailbox's rule and room") {
    for (const bool stamped : {false, true}) {
        Knock receipt = at_full_mailbox();
        receipt.bearer.is_stamped = stamped;
        receipt.has_room_in_inbox = false;
        receipt.is_receipt = true;
        CHECK(admit(receipt) == Admission::receipt);
        receipt.is_receipt = false;
        receipt.is_known = true;
        CHECK(admit(receipt) == Admission::copy);
    }
}

TEST_CASE("what only finds no room waits; what the rule refuses does not") {
    CHECK(admit(at_full_mailbox()) == Admission::waits_for_mailbox);
    Knock full_inbox = welcome();
    full_inbox.has_room_in_inbox = false;
    CHECK(admit(full_inbox) == Admission::waits_for_inbox);
    for (Knock refused : {at_full_mailbox(), full_inbox}) {
        refused.bearer.is_stamped = false;
        CHECK(admit(refused) == Admission::thrown_away);
    }
}

TEST_CASE("a ticket and a friend pass a full mailbox, and wait for the inbox as everybody") {
    for (const bool ticket : {false, true}) {
        Knock known = at_full_mailbox();
        known.bearer.is_stamped = false;
        (ticket ? known.bearer.has_ticket : known.bearer.is_friend) = true;
        CHECK(admit(known) == Admission::let_in);
        known.has_room_in_inbox = false;
        CHECK(admit(known) == Admission::waits_for_inbox);
    }
}

TEST_CASE("as many wait as there may, and who waits already goes on waiting") {
    Knock late = at_full_mailbox();
    late.waiting = base::limits::waiting_mail_max - 1;
    CHECK(admit(late) == Admission::waits_for_mailbox);
    late.waiting = base::limits::waiting_mail_max;
    CHECK(admit(late) == Admission::overflows);
    late.waits_already = true;
    CHECK(admit(late) == Admission::waits_for_mailbox);
}

TEST_CASE(
    "a receipt proves delivery once, at the mailbox that the mail named, and never of a receipt") {
    const base::MailboxId named{{1}};
    const Acknowledged mail{false, false, named};
    CHECK(proves_delivery(mail, named));
    CHECK(!proves_delivery(mail, base::MailboxId{{2}}));
    CHECK(!proves_delivery({true, false, named}, named));
    CHECK(!proves_delivery({false, true, named}, named));
    CHECK(!proves_delivery({false, false, std::nullopt}, named));
}

}  // namespace hearsay::market
