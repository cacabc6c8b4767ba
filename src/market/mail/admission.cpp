#include "market/mail/admission.hpp"

namespace hearsay::market {

Admission admit(const Knock& knock) {
    if (knock.opened_before || !knock.mailbox_is_ours) return Admission::nothing;
    if (knock.is_receipt) return Admission::receipt;
    if (knock.is_known) return Admission::copy;
    const auto why = refusal(knock.rule, knock.bearer);
    if (why && why != Refusal::mailbox_full) return Admission::thrown_away;
    if (!why && knock.has_room_in_inbox) return Admission::let_in;
    if (!knock.waits_already && knock.waiting >= base::limits::waiting_mail_max)
        return Admission::overflows;
    return why ? Admission::waits_for_mailbox : Admission::waits_for_inbox;
}

bool proves_delivery(const Acknowledged& mail, const base::MailboxId& mailbox) {
    return !mail.is_receipt && !mail.before && mail.reply_to == mailbox;
}

}  // namespace hearsay::market
