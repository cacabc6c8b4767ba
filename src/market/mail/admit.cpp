// What becomes of a letter that was opened, and who may write to whom.
#include <algorithm>

#include "base/encoding.hpp"
#include "mail.pb.h"
#include "market.pb.h"
#include "market/address.hpp"
#include "market/mail/admission.hpp"
#include "market/mail/inbox.hpp"
#include "market/mail/letter_body.hpp"
#include "market/mail/postage.hpp"

namespace hearsay::market {
namespace {

using base::ErrorCode;

}  // namespace

bool Inbox::on_opened(const item::Read& mail, const base::MailboxId& mailbox, const Letter& letter,
                      const Turn& turn) {
    walk_.on_answered(mail.id);
    const Knock knock = knock_of(mail, letter, mailbox, turn.now);
    const Admission what = admit(knock);
    switch (what) {
        case Admission::nothing:
            return false;
        case Admission::receipt:
            note_seen(mail, turn);
            // What proves nothing, or nothing new, is forgotten in silence: it was let in without
            // postage, and a removal would tell whoever sent it that we are here.
            if (outbox_.on_receipt(letter.received, mailbox, turn))
                removals_.remove_read(mail, letter.removal_secret, turn);
            return false;
        case Admission::copy:
            note_seen(mail, turn);
            on_copy(mail, letter, turn);
            return false;
        case Admission::thrown_away:
        case Admission::waits_for_mailbox:
        case Admission::waits_for_inbox:
        case Admission::overflows:
            turn_away(mail, letter, mailbox, what, turn);
            return false;
        case Admission::let_in:
            break;
    }
    take_in(mail, letter, mailbox, knock.bearer, turn);
    return true;
}

Knock Inbox::knock_of(const item::Read& mail, const Letter& letter, const base::MailboxId& key,
                      base::WallTime now) const {
    Knock out;
    out.opened_before = seen_.contains(mail.id);
    out.mailbox_is_ours = vault_.mailboxes().contains(key);
    out.is_receipt = !letter.received.empty();
    out.is_known = inbox_.contains(letter.id) || removed_.contains(letter.id);
    if (out.opened_before || !out.mailbox_is_ours || out.is_receipt || out.is_known) return out;
    out.rule = identity_.mailbox_of(key).rule;
    out.has_room_in_inbox = has_room();
    out.waits_already = waiting_.contains(mail.id);
    out.waiting = waiting_.size();
    out.bearer.has_ticket = senders_.ticket_of(letter, key).has_value();
    if (out.bearer.has_ticket) return out;
    out.bearer.is_friend = senders_.is_friend(letter.sender);
    out.bearer.is_stamped = stamp_is_enough(network_, letter, key, bits_needed(key, out.rule, now));
    if (letter.about && !letter.trade.empty())
        out.bearer.trades = offers_.mailbox_of(*letter.about) == key;
    out.bearer.strangers_unread = strangers_unread(key);
    return out;
}

std::uint32_t Inbox::bits_needed(const base::MailboxId& key, const MailboxRule& rule,
                                 base::WallTime now) const {
    const Offers::Stamps* const stamps = offers_.stamps_of(key);
    const std::uint32_t bits = usual_if_none(rule.stamp_bits);
    return stamps && stamps->eased_until > now ? std::min(bits, stamps->eased_bits) : bits;
}

void Inbox::take_in(const item::Read& mail, const Letter& letter, const base::MailboxId& key,
                    const Bearer& bearer, const Turn& turn) {
    ChangeRecords records = change(turn);
    if (inbox_.size() >= settings_.inbox_max) make_room(turn);
    if (const auto number = senders_.ticket_of(letter, key)) {
        OwnMailbox mailbox = identity_.mailbox_of(key);
        std::erase(mailbox.open_tickets, *number);
        identity_.save_mailbox(key, mailbox, turn);
    }
    const bool stranger = !bearer.has_ticket && !bearer.is_friend;
    note_seen(mail, turn);
    removals_.remove_read(mail, letter.removal_secret, turn);
    senders_.hold_tickets(letter, turn);
    records::ReceivedMail record;
    *record.mutable_letter() = write_body(letter);
    set_id(record.mutable_sender(), letter.sender);
    set_id(record.mutable_mailbox(), key);
    set_id(record.mutable_item(), mail.id);
    record.set_received(seconds_of(turn.now));
    record.set_expires(seconds_of(mail.header.expires));
    record.set_stranger(stranger);
    if (settings_.receipts && letter.reply_to)
        record.set_receipt_due(seconds_of(at_random(rng_, turn.now, settings_.receipt_within)));
    // The persona is remembered here: the answer may be written after the mailbox is destroyed.
    if (const OwnMailbox* owner = identity_.find_mailbox(key); owner && owner->persona)
        record.set_persona(*owner->persona);
    records.save(Table::inbox, letter.id.view(), record);
    inbox_[letter.id] = {turn.now, false, stranger ? std::optional(key) : std::nullopt, {}};
    if (record.receipt_due() != 0) receipts_due_.emplace(time_of(record.receipt_due()), letter.id);
    ++unread_;
}

void Inbox::turn_away(const item::Read& mail, const Letter& letter, const base::MailboxId& key,
                      Admission why, const Turn& turn) {
    const bool waits = why == Admission::waits_for_mailbox || why == Admission::waits_for_inbox;
    const bool waited = waiting_.contains(mail.id);
    if (waits) {
        wait_for_room(mail, key, why == Admission::waits_for_inbox, turn);
    } else {
        note_seen(mail, turn);
        OwnMailbox mailbox = identity_.mailbox_of(key);
        ++mailbox.refused;
        identity_.save_mailbox(key, mailbox, turn);
    }
    const bool no_inbox =
        why == Admission::waits_for_inbox || (why == Admission::overflows && !has_room());
    if (no_inbox && !waited)
        turn.out.push_back(Tell{Happening::mail_state, base::to_hex(letter.id),
                                std::string(waits ? "waits" : "refused") + ": the inbox holds " +
                                    std::to_string(settings_.inbox_max) + " unread mails"});
}

void Inbox::on_copy(const item::Read& mail, const Letter& letter, const Turn& turn) {
    ChangeRecords records = change(turn);
    const auto answer = [&](auto& record, base::WallTime before) {
        if (before + copies_answered_every > turn.now) return false;
        record.set_answered(seconds_of(turn.now));
        if (settings_.receipts && letter.reply_to) {
            record.set_receipt_due(seconds_of(at_random(rng_, turn.now, settings_.receipt_within)));
            set_id(record.mutable_receipt_to(), *letter.reply_to);
            receipts_due_.emplace(time_of(record.receipt_due()), letter.id);
        }
        removals_.remove_read(mail, letter.removal_secret, turn);
        return true;
    };
    if (inbox_.contains(letter.id)) {
        auto record = records.load<records::ReceivedMail>(Table::inbox, letter.id.view());
        if (record && answer(*record, time_of(std::max(record->received(), record->answered()))))
            records.save(Table::inbox, letter.id.view(), *record);
    } else {
        auto mark = records.load<records::SeenMail>(Table::seen_mail, letter.id.view());
        if (mark && answer(*mark, time_of(mark->answered())))
            records.save(Table::seen_mail, letter.id.view(), *mark);
    }
}

base::Result<MailboxView> Inbox::set_rule(const base::MailboxId& key, const MailboxRule& rule,
                                          const Turn& turn) {
    if (!vault_.mailboxes().contains(key))
        return base::fail(ErrorCode::not_found,
                          "none of your mailboxes is " + mailbox_address(key));
    if (rule.stamp_bits > stamp_bits_max)
        return base::fail(ErrorCode::invalid,
                          "a stamp has at most " + std::to_string(stamp_bits_max) + " bits");
    const Offers::Stamps* const stamps = offers_.stamps_of(key);
    const std::uint32_t known = usual_if_none(stamps ? stamps->bits : 0);
    if (usual_if_none(rule.stamp_bits) > known)
        return base::fail(ErrorCode::refused,
                          "people who write there know of " + std::to_string(known) + " bits" +
                              (stamps ? ": more have to be in the offer (hearsay offer update)"
                                      : ", and nothing would tell them of more"));
    OwnMailbox mailbox = identity_.mailbox_of(key);
    mailbox.rule = rule;
    identity_.save_mailbox(key, mailbox, turn);
    wake_waiting();
    return view_of(key, strangers_unread(key));
}

std::size_t Inbox::strangers_unread(const base::MailboxId& mailbox) const {
    return static_cast<std::size_t>(std::ranges::count_if(inbox_, [&](const auto& entry) {
        return !entry.second.read && entry.second.stranger_in == mailbox;
    }));
}

// Thousands of mailboxes and a hundred thousand mails: the inbox is walked once for all of them.
std::map<base::MailboxId, std::size_t> Inbox::strangers() const {
    std::map<base::MailboxId, std::size_t> out;
    for (const auto& [id, received] : inbox_)
        if (!received.read && received.stranger_in) ++out[*received.stranger_in];
    return out;
}

MailboxView Inbox::view_of(const base::MailboxId& key, std::size_t strangers) const {
    const OwnMailbox mailbox = identity_.mailbox_of(key);
    const MailboxSecret& secret = vault_.mailboxes().at(key);
    return {key,          mailbox.purpose, secret.created,  secret.destroy_after,
            mailbox.main, mailbox.rule,    mailbox.refused, strangers};
}

std::vector<MailboxView> Inbox::mailboxes() const {
    const auto unread = strangers();
    std::vector<MailboxView> out;
    for (const auto& [key, secret] : vault_.mailboxes()) {
        const auto counted = unread.find(key);
        out.push_back(view_of(key, counted == unread.end() ? 0 : counted->second));
    }
    std::ranges::stable_sort(out,
                             [](const auto& a, const auto& b) { return a.created > b.created; });
    return out;
}

}  // namespace hearsay::market
