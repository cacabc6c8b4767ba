// Mail of our own: to whom, from whom, and on its way.
#include "base/encoding.hpp"
#include "base/ensure.hpp"
#include "item/make.hpp"
#include "market/address.hpp"
#include "market/id_beginning.hpp"
#include "market/letter_body.hpp"
#include "market/market.hpp"
#include "market/records.hpp"
#include "market/terms.hpp"

namespace hearsay::market {

namespace limits = base::limits;
using base::ErrorCode;

void Market::note_sent(const MessageId& id, const records::SentMail& record) {
    Sent sent;
    sent.item = item::id_of(base::as_bytes(record.item().header()), {});
    sent.expires = time_of(record.expires());
    sent.worked = record.worked();
    sent.spread = {record.injected(), record.heard()};
    if (const auto old = sent_.find(id); old != sent_.end())  // known more exactly than it is kept
        sent.spread.heard = std::max(sent.spread.heard, old->second.spread.heard);
    sent.pending = sent.spread.heard == 0 && !record.expired();
    sent.over = record.expired();
    sent.persona = record.persona();
    if (!sent.over) own_items_[sent.item] = id;
    sent_[id] = sent;
}

MailView Market::view_of(const records::SentMail& record) const {
    MailView out;
    const auto sender = get_id<base::PublisherKey>(record.sender()).value_or(base::PublisherKey{});
    out.letter = read_body(record.letter(), sender).value_or(Letter{});
    out.mailbox = get_id<base::MailboxKey>(record.mailbox()).value_or(base::MailboxKey{});
    out.item = item::id_of(base::as_bytes(record.item().header()), {});
    out.expires = time_of(record.expires());
    out.spread = {record.injected(), record.heard()};
    const auto id = get_id<MessageId>(record.letter().message_id());
    if (const auto sent = id ? sent_.find(*id) : sent_.end(); sent != sent_.end())
        out.spread = sent->second.spread;
    out.state = record.expired()        ? MailState::expired
                : !record.worked()      ? MailState::working
                : out.spread.heard != 0 ? MailState::heard
                : out.spread.injected   ? MailState::injected
                                        : MailState::queued;
    return out;
}

base::Result<Posting> Market::route(std::string_view to, base::WallTime now, const Keep& keep,
                                    const Catalogue& flood) const {
    if (to.starts_with("hs") || to.starts_with("HS")) {
        const auto mailbox = parse_mailbox(to);
        if (!mailbox) return std::unexpected(mailbox.error());
        Posting out;
        out.to = *mailbox;
        out.purpose = "mail to " + mailbox_address(*mailbox);
        return out;
    }
    const auto letters = id_beginning(
        to, item::ThingId::size,
        "mail goes to a mailbox address (hsm1...), an offer or the sender of a received mail; an offer id");
    if (!letters) return std::unexpected(letters.error());
    const auto things = things_beginning(*letters, flood);
    const auto mails = received_beginning(*letters);
    if (things.size() + mails.size() > 1)
        return std::unexpected(ambiguous(*letters, things.size() + mails.size(), "offers and mails"));
    if (things.size() == 1) return route_to_offer(things.front(), keep, flood);
    if (mails.size() == 1) return route_answer(mails.front(), now, keep);
    if (!sent_beginning(*letters).empty())
        return base::fail(ErrorCode::refused,
                          "this mail is one that you sent; only received mail can be answered");
    return base::fail(ErrorCode::not_found, "no offer alive and no received mail begins with " + *letters);
}

base::Result<Posting> Market::route_to_offer(const item::ThingId& thing, const Keep& keep,
                                             const Catalogue& flood) const {
    const auto offer = offer_view(thing, keep, flood);
    if (!offer || offer->state == OfferState::removed || offer->state == OfferState::expired)
        return base::fail(ErrorCode::not_found,
                          "the offer " + base::to_hex(thing) + " is removed or has expired");
    if (!offer->mailbox)
        return base::fail(ErrorCode::refused, "this offer names no mailbox: its maker takes no mail");
    Posting out;
    out.to = *offer->mailbox;
    out.about = thing;
    out.purpose = "mail to " + base::to_hex(thing);
    return out;
}

base::Result<Posting> Market::route_answer(const MessageId& id, base::WallTime now, const Keep& keep) const {
    const auto record = Records(vault_, keep).load<records::ReceivedMail>(Table::inbox, id.view());
    if (!record) return base::fail(ErrorCode::corrupt, "the mail " + base::to_hex(id) + " does not open");
    const MailView mail = view_of(*record);
    if (!mail.letter.reply_to)
        return base::fail(ErrorCode::refused, "this mail names no mailbox to answer to");
    Posting out;
    out.to = *mail.letter.reply_to;
    out.about = mail.letter.about;
    out.in_reply_to = id;
    out.purpose = "mail to " + mailbox_address(out.to);
    if (record->has_persona()) {
        out.persona = record->persona();
        out.reply_to = conversation_mailbox(mail.mailbox, out.to, record->persona(), now);
    }
    return out;
}

// The one that the mail came to, if it is of this conversation; else the newest of ours that was made for
// this peer.
std::optional<base::MailboxKey> Market::conversation_mailbox(const base::MailboxKey& came_to,
                                                             const base::MailboxKey& peer,
                                                             std::uint32_t persona,
                                                             base::WallTime now) const {
    std::optional<base::MailboxKey> found;
    base::WallTime newest = now - conversation_mailbox_max;
    for (const auto& [key, mailbox] : mailboxes_) {
        const auto secret = vault_.mailboxes().find(key);
        if (!mailbox.peer || mailbox.persona != persona || secret == vault_.mailboxes().end()) continue;
        if (key != came_to && mailbox.peer != peer) continue;
        if (secret->second.created <= newest) continue;
        if (key == came_to) return key;
        newest = secret->second.created;
        found = key;
    }
    return found;
}

bool Market::make_room_in_outbox(ChangeRecords& records) {
    if (sent_.size() < limits::outbox_max) return true;
    const auto oldest = std::min_element(sent_.begin(), sent_.end(), [](const auto& a, const auto& b) {
        return std::pair(!a.second.over, a.second.expires) < std::pair(!b.second.over, b.second.expires);
    });
    if (!oldest->second.over) return false;
    records.erase(Table::outbox, oldest->first.view());
    sent_.erase(oldest);
    return true;
}

base::Result<MailView> Market::send_mail(const MailDraft& draft, base::WallTime now, const Catalogue& flood,
                                         Keep& keep, Effects& out) {
    auto way = route(draft.to, now, keep, flood);
    if (!way) return std::unexpected(way.error());
    if (draft.subject.empty() && draft.text.empty() && draft.attachments.empty())
        return base::fail(ErrorCode::invalid, "a mail needs a subject, a text or an attachment");
    way->subject = draft.subject;
    way->text = draft.text;
    way->attachments = draft.attachments;
    way->lifetime = draft.lifetime;
    // A mail that came to an imported persona which is retired and gone is answered by a fresh one.
    if (way->persona && Vault::is_imported(*way->persona) && !vault_.imported().contains(*way->persona)) {
        way->persona.reset();
        way->reply_to.reset();
    }
    if (!draft.persona.empty()) {
        const auto signer = signing_persona(draft.persona, keep);
        if (!signer) return std::unexpected(signer.error());
        if (way->persona != *signer) way->reply_to.reset();  // that mailbox is another persona's
        way->persona = *signer;
    }
    return post(*way, now, keep, out);
}

base::Result<MailView> Market::post(const Posting& posting, base::WallTime now, Keep& keep, Effects& out) {
    Letter letter;
    letter.subject = posting.subject;
    letter.text = posting.text;
    letter.attachments = posting.attachments;
    letter.trade = posting.trade;
    letter.received = posting.received;
    letter.about = posting.about;
    letter.in_reply_to = posting.in_reply_to;
    letter.reply_to = posting.reply_to.value_or(base::MailboxKey{});
    if (auto problem = letter_problem(letter)) return base::fail(ErrorCode::invalid, *problem);
    if (auto problem = lifetime_problem(posting.lifetime)) return base::fail(ErrorCode::invalid, *problem);
    const base::Seconds lifetime =
        posting.lifetime == base::Seconds(0) ? limits::lifetime_max : posting.lifetime;
    advance_vault(now);
    if (!posting.reply_to)
        if (auto problem = mailbox_problem()) return base::fail(ErrorCode::exhausted, *problem);
    if (!is_usable(posting.to))
        return base::fail(ErrorCode::refused, "the recipient's mailbox key is unusable");
    ChangeRecords records(vault_, keep, rng_);
    if (!make_room_in_outbox(records))
        return base::fail(ErrorCode::exhausted, "the outbox holds " + std::to_string(limits::outbox_max) +
                                                    " mails that are still alive; wait until some expire");

    const base::WallTime answers_until =
        item::expires_for(now, lifetime) + limits::lifetime_max + limits::grace;
    const std::uint32_t persona =
        posting.persona ? *posting.persona : fresh_persona(posting.purpose, now, records);
    if (posting.reply_to) {
        vault_.extend_mailbox(*posting.reply_to, answers_until);
    } else {
        letter.reply_to = fresh_mailbox(now, answers_until);
        keep_mailbox(*letter.reply_to, posting.purpose, {persona, posting.to, false, now}, records);
    }
    const base::Secret seed = vault_.persona_seed(persona);
    rng_.fill(letter.id);
    letter.sender = publisher_of(seed);
    letter.written = now;
    letter.removal_secret = rng_.secret();
    auto sealed = seal_letter(letter, seed, posting.to, network_, now, lifetime, rng_);
    ENSURE(sealed.has_value(), "a letter that was checked does not seal");
    const item::ReadPtr made = read_own(*std::move(sealed));

    records::SentMail record;
    *record.mutable_letter() = write_body(letter);
    set_id(record.mutable_sender(), letter.sender);
    set_id(record.mutable_mailbox(), posting.to);
    set_item(record.mutable_item(), made->item);
    record.set_expires(seconds_of(made->header.expires));
    record.set_persona(persona);
    records.save(Table::outbox, letter.id.view(), record);
    note_sent(letter.id, record);
    save_vault(out);
    out.push_back(FindWork{made->id, item::required_work(*made)});
    return view_of(record);
}

}  // namespace hearsay::market
