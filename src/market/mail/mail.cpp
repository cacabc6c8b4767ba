#include "market/mail/mail.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "item/mailbox.hpp"
#include "market.pb.h"
#include "market/address.hpp"
#include "market/id_beginning.hpp"
#include "market/mail/postage.hpp"

namespace hearsay::market {
namespace {

using base::ErrorCode;

}  // namespace

bool Mail::load(const OwnStore& store) {
    bool sound = senders.load(store);
    sound &= outbox.load(store);
    sound &= inbox.load(store);
    sound &= removals.load(store);
    return sound;
}

bool Mail::resume(const Turn& turn) {
    const bool sound = outbox.resume(turn);
    return removals.resume(turn) && sound;
}

void Mail::expire(const Turn& turn) {
    outbox.expire(turn);
    removals.expire(turn);
}

std::optional<base::WallTime> Mail::next_due() const {
    const auto removal = removals.next_due();
    const auto receipt = inbox.next_due();
    if (!removal || !receipt) return removal ? removal : receipt;
    return std::min(*removal, *receipt);
}

void Mail::run_due(const Turn& turn) {
    removals.run_due(turn);
    for (const auto& [to, ids] : inbox.take_due_receipts(turn))
        for (std::size_t i = 0; i < ids.size(); i += receipts_per_letter_max) {
            Posting posting;
            posting.to = addressee(to);
            posting.received.assign(ids.begin() + static_cast<std::ptrdiff_t>(i),
                                    ids.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                      ids.size(), i + receipts_per_letter_max)));
            // What keeps it from going out (an unusable key, too many on their way) is nobody's
            // loss but the sender's.
            [[maybe_unused]] const auto posted = outbox.post(posting, turn);
        }
}

base::Result<Posting> Mail::route(std::string_view to, const Turn& turn) const {
    if (to.starts_with("hs") || to.starts_with("HS")) {
        const auto mailbox = parse_mailbox(to);
        if (!mailbox) return std::unexpected(mailbox.error());
        Posting out;
        out.to.mailbox = *mailbox;
        out.to.key = identity_.public_key(*mailbox);  // a mail to oneself
        if (!out.to.key) out.to.key = turn.flood.mailbox_key(*mailbox);
        out.purpose = "mail to " + mailbox_address(*mailbox);
        return out;
    }
    const auto digits = id_beginning(to, item::ThingId::size,
                                     "mail goes to a mailbox address (hsm1...), an offer or the "
                                     "sender of a received mail; an offer id");
    if (!digits) return std::unexpected(digits.error());
    const auto things = offers_.things_beginning(*digits, turn.flood);
    const auto mails = inbox.beginning(*digits);
    if (things.size() + mails.size() > 1)
        return std::unexpected(
            ambiguous(*digits, things.size() + mails.size(), "offers and mails"));
    if (things.size() == 1) return route_to_offer(things.front(), turn);
    if (mails.size() == 1) return route_answer(mails.front(), turn);
    if (!outbox.beginning(*digits).empty())
        return base::fail(ErrorCode::refused,
                          "this mail is one that you sent; only received mail can be answered");
    return base::fail(ErrorCode::not_found,
                      "no offer alive and no received mail begins with " + *digits);
}

base::Result<Posting> Mail::route_to_offer(const item::ThingId& thing, const Turn& turn) const {
    const auto offer = offers_.view(thing, turn.store, turn.flood);
    if (!offer || offer->state == PublicationState::removed ||
        offer->state == PublicationState::expired)
        return base::fail(ErrorCode::not_found,
                          "the offer " + base::to_hex(thing) + " is removed or has expired");
    if (!offer->text.mailbox)
        return base::fail(ErrorCode::refused,
                          "this offer names no mailbox: its maker takes no mail");
    Posting out;
    out.to = addressee(*offer->text.mailbox, offer->publisher);
    out.stamp_bits = offer->text.stamp_bits;
    out.about = thing;
    out.purpose = "mail to " + base::to_hex(thing);
    return out;
}

base::Result<Posting> Mail::route_answer(const MessageId& id, const Turn& turn) const {
    const auto record = inbox.record(id, turn.store);
    if (!record)
        return base::fail(ErrorCode::corrupt, "the mail " + base::to_hex(id) + " does not open");
    const MailView mail = Inbox::view_of(*record);
    if (!mail.letter.reply_to)
        return base::fail(ErrorCode::refused, "this mail names no mailbox to answer to");
    Posting out;
    out.to = addressee(*mail.letter.reply_to, mail.letter.sender);
    out.about = mail.letter.about;
    out.in_reply_to = id;
    out.purpose = "mail to " + mailbox_address(out.to.mailbox);
    if (record->has_persona() && identity_.still_signs(record->persona(), turn.store)) {
        out.persona = record->persona();
        out.reply_to = identity_.conversation_mailbox(mail.mailbox, out.to.mailbox,
                                                      record->persona(), turn.now);
    }
    return out;
}

base::Result<MailView> Mail::send(const MailDraft& draft, const Turn& turn) {
    auto way = route(draft.to, turn);
    if (!way) return std::unexpected(way.error());
    if (draft.subject.empty() && draft.text.empty() && draft.attachments.empty())
        return base::fail(ErrorCode::invalid, "a mail needs a subject, a text or an attachment");
    way->subject = draft.subject;
    way->text = draft.text;
    way->attachments = draft.attachments;
    way->lifetime = draft.lifetime;
    if (!draft.persona.empty()) {
        const auto signer = identity_.signing_persona(draft.persona, turn.store);
        if (!signer) return std::unexpected(signer.error());
        if (way->persona != *signer) way->reply_to.reset();  // that mailbox is another persona's
        way->persona = *signer;
    }
    return outbox.post(*way, turn);
}

base::Result<Mail::Named> Mail::find(std::string_view id_or_beginning) const {
    const auto letters = id_beginning(id_or_beginning, MessageId::size, "a mail id");
    if (!letters) return std::unexpected(letters.error());
    const std::vector<MessageId> received = inbox.beginning(*letters);
    std::vector<MessageId> sent = outbox.beginning(*letters);
    // A mail to oneself is in both boxes under one id: the one that came is meant.
    std::erase_if(sent, [&](const MessageId& id) {
        return std::ranges::find(received, id) != received.end();
    });
    if (received.size() + sent.size() > 1)
        return std::unexpected(ambiguous(*letters, received.size() + sent.size(), "mails"));
    if (received.empty() && sent.empty())
        return base::fail(ErrorCode::not_found, "no mail begins with " + *letters);
    return Named{received.empty() ? sent.front() : received.front(), !received.empty()};
}

base::Result<MailView> Mail::opened(const Named& which, std::optional<MailView> mail) {
    if (mail) return *std::move(mail);
    return base::fail(ErrorCode::corrupt, "the mail " + base::to_hex(which.id) +
                                              " does not open: its record is damaged");
}

base::Result<MailView> Mail::view(std::string_view id_or_beginning, const OwnStore& store) const {
    const auto found = find(id_or_beginning);
    if (!found) return std::unexpected(found.error());
    return opened(*found,
                  found->received ? inbox.view(found->id, store) : outbox.view(found->id, store));
}

base::Result<MailView> Mail::read(std::string_view id_or_beginning, const Turn& turn) {
    const auto found = find(id_or_beginning);
    if (!found) return std::unexpected(found.error());
    return opened(
        *found, found->received ? inbox.read(found->id, turn) : outbox.view(found->id, turn.store));
}

base::Result<MailView> Mail::withdraw(std::string_view id_or_beginning, const Turn& turn) {
    const auto letters = id_beginning(id_or_beginning, MessageId::size, "a mail id");
    if (!letters) return std::unexpected(letters.error());
    const auto record = outbox.withdraw(*letters, turn);
    if (!record) return std::unexpected(record.error());
    run_due(turn);
    MailView view = outbox.view_of(*record);
    turn.out.push_back(Tell{Happening::mail_state, base::to_hex(view.letter.id), "withdrawn"});
    return view;
}

base::Result<MailView> Mail::remove(std::string_view id_or_beginning, const Turn& turn) {
    const auto found = find(id_or_beginning);
    if (!found) return std::unexpected(found.error());
    MailView view =
        found->received ? inbox.remove(found->id, turn) : outbox.remove(found->id, turn);
    view.letter.text.clear();
    return view;
}

std::vector<MailPlace> Mail::places() const {
    std::vector<MailPlace> out;
    inbox.list(out);
    outbox.list(out);
    std::ranges::stable_sort(out, std::greater(), &MailPlace::when);
    return out;
}

std::optional<MailView> Mail::headline(const MailPlace& place, const OwnStore& store) const {
    auto out = place.incoming ? inbox.view(place.id, store) : outbox.view(place.id, store);
    if (!out) return out;
    out->letter.text.clear();
    for (Attachment& attachment : out->letter.attachments) attachment.content.clear();
    return out;
}

}  // namespace hearsay::market
