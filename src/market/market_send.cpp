// Mail of our own: to whom, from whom, and on its way.
#include <algorithm>

#include "base/encoding.hpp"
#include "base/ensure.hpp"
#include "base/limits/items.hpp"
#include "base/limits/person.hpp"
#include "item/make.hpp"
#include "market/address.hpp"
#include "market/id_beginning.hpp"
#include "market/letter_body.hpp"
#include "market/market.hpp"
#include "market/postage.hpp"
#include "market/records.hpp"
#include "market/terms.hpp"

namespace hearsay::market {

namespace limits = base::limits;
using base::ErrorCode;

base::Result<Posting> Market::route(std::string_view to, const Turn& turn) const {
    if (to.starts_with("hs") || to.starts_with("HS")) {
        const auto mailbox = parse_mailbox(to);
        if (!mailbox) return std::unexpected(mailbox.error());
        Posting out;
        out.to.mailbox = *mailbox;
        out.purpose = "mail to " + mailbox_address(*mailbox);
        return out;
    }
    const auto letters = id_beginning(
        to, item::ThingId::size,
        "mail goes to a mailbox address (hsm1...), an offer or the sender of a received mail; an offer id");
    if (!letters) return std::unexpected(letters.error());
    const auto things = things_beginning(*letters, turn.flood);
    const auto mails = received_beginning(*letters);
    if (things.size() + mails.size() > 1)
        return std::unexpected(ambiguous(*letters, things.size() + mails.size(), "offers and mails"));
    if (things.size() == 1) return route_to_offer(things.front(), turn.store, turn.flood);
    if (mails.size() == 1) return route_answer(mails.front(), turn);
    if (!sent_beginning(*letters).empty())
        return base::fail(ErrorCode::refused,
                          "this mail is one that you sent; only received mail can be answered");
    return base::fail(ErrorCode::not_found, "no offer alive and no received mail begins with " + *letters);
}

base::Result<Posting> Market::route_to_offer(const item::ThingId& thing, const OwnStore& store,
                                             const Catalogue& flood) const {
    const auto offer = offer_view(thing, store, flood);
    if (!offer || offer->state == OfferState::removed || offer->state == OfferState::expired)
        return base::fail(ErrorCode::not_found,
                          "the offer " + base::to_hex(thing) + " is removed or has expired");
    if (!offer->mailbox)
        return base::fail(ErrorCode::refused, "this offer names no mailbox: its maker takes no mail");
    Posting out;
    out.to = {*offer->mailbox, offer->publisher};
    out.stamp_bits = offer->text.stamp_bits;
    out.about = thing;
    out.purpose = "mail to " + base::to_hex(thing);
    return out;
}

base::Result<Posting> Market::route_answer(const MessageId& id, const Turn& turn) const {
    const auto record = Records(vault_, turn.store).load<records::ReceivedMail>(Table::inbox, id.view());
    if (!record) return base::fail(ErrorCode::corrupt, "the mail " + base::to_hex(id) + " does not open");
    const MailView mail = view_of(*record);
    if (!mail.letter.reply_to)
        return base::fail(ErrorCode::refused, "this mail names no mailbox to answer to");
    Posting out;
    out.to = {*mail.letter.reply_to, mail.letter.sender};
    out.about = mail.letter.about;
    out.in_reply_to = id;
    out.purpose = "mail to " + mailbox_address(out.to.mailbox);
    if (record->has_persona() && still_signs(record->persona(), turn.store)) {
        out.persona = record->persona();
        out.reply_to = conversation_mailbox(mail.mailbox, out.to.mailbox, record->persona(), turn.now);
    }
    return out;
}

// One that is retired, or gone since, signs nothing new: a fresh one answers in its place.
bool Market::still_signs(std::uint32_t persona, const OwnStore& store) const {
    if (Vault::is_imported(persona) && !vault_.imported().contains(persona)) return false;
    const auto record =
        Records(vault_, store).load<records::Persona>(Table::personas, base::big_endian(persona));
    return record && !record->retired();
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

bool Market::make_room_in_outbox(bool receipt, ChangeRecords& records) {
    const auto counts = [&](const auto& entry) { return entry.second.receipt == receipt; };
    const std::size_t most = receipt ? limits::receipts_max : limits::outbox_max;
    if (sent_.size() < most || static_cast<std::size_t>(std::ranges::count_if(sent_, counts)) < most)
        return true;
    auto oldest = sent_.end();
    for (auto at = sent_.begin(); at != sent_.end(); ++at)
        if (counts(*at) && at->second.over &&
            (oldest == sent_.end() || at->second.expires < oldest->second.expires))
            oldest = at;
    if (oldest == sent_.end()) return false;
    records.erase(Table::outbox, oldest->first.view());
    sent_.erase(oldest);
    return true;
}

base::Result<MailView> Market::send_mail(const MailDraft& draft, const Turn& turn) {
    auto way = route(draft.to, turn);
    if (!way) return std::unexpected(way.error());
    if (draft.subject.empty() && draft.text.empty() && draft.attachments.empty())
        return base::fail(ErrorCode::invalid, "a mail needs a subject, a text or an attachment");
    way->subject = draft.subject;
    way->text = draft.text;
    way->attachments = draft.attachments;
    way->lifetime = draft.lifetime;
    if (!draft.persona.empty()) {
        const auto signer = signing_persona(draft.persona, turn.store);
        if (!signer) return std::unexpected(signer.error());
        if (way->persona != *signer) way->reply_to.reset();  // that mailbox is another persona's
        way->persona = *signer;
    }
    return post(*way, turn);
}

// The letter as far as it is known before it is sealed.
base::Result<MailView> Market::post(const Posting& posting, const Turn& turn) {
    const bool receipt = !posting.received.empty();
    Letter letter;
    letter.subject = posting.subject;
    letter.text = posting.text;
    letter.attachments = posting.attachments;
    letter.trade = posting.trade;
    letter.received = posting.received;
    letter.about = posting.about;
    letter.in_reply_to = posting.in_reply_to;
    if (!receipt) {  // room for what is filled in below
        letter.reply_to.emplace();
        letter.ticket.emplace();
        letter.tickets.resize(tickets_given);
    }
    if (auto problem = letter_problem(letter)) return base::fail(ErrorCode::invalid, *problem);
    if (auto problem = mail_lifetime_problem(posting.lifetime))
        return base::fail(ErrorCode::invalid, *problem);
    const base::Seconds lifetime =
        posting.lifetime == base::Seconds(0) ? limits::lifetime_max : posting.lifetime;
    advance_vault(turn.now);
    if (!receipt && !(posting.reply_to && vault_.mailboxes().contains(*posting.reply_to)))
        if (auto problem = mailbox_problem()) return base::fail(ErrorCode::exhausted, *problem);
    if (!is_usable(posting.to.mailbox))
        return base::fail(ErrorCode::refused, "the recipient's mailbox key is unusable");
    ChangeRecords records(vault_, turn.store, rng_);
    if (!make_room_in_outbox(receipt, records))
        return base::fail(ErrorCode::exhausted, "the outbox holds " + std::to_string(limits::outbox_max) +
                                                    " mails that are still alive; wait until some expire");

    records::SentMail record;
    rng_.fill(letter.id);
    letter.written = turn.now;
    letter.ticket.reset();
    if (receipt) {
        const base::Secret seed = rng_.secret();
        letter.sender = publisher_of(seed);
        set_id(record.mutable_seed(), seed);
    } else {
        const std::uint32_t persona =
            posting.persona ? *posting.persona : fresh_persona(posting.purpose, turn);
        const base::WallTime answers_until =
            item::expires_for(turn.now, lifetime) + limits::lifetime_max + limits::grace;
        if (posting.reply_to && vault_.mailboxes().contains(*posting.reply_to)) {
            vault_.extend_mailbox(*posting.reply_to, answers_until);
            letter.reply_to = posting.reply_to;
        } else {
            letter.reply_to = fresh_mailbox(turn.now, answers_until);
            keep_mailbox(*letter.reply_to, {persona, posting.to.mailbox, false, turn.now, posting.purpose},
                         records);
        }
        letter.sender = publisher_of(vault_.persona_seed(persona));
        letter.tickets = give_tickets(*letter.reply_to, records);
        if (posting.to.persona) letter.ticket = held_ticket(*posting.to.persona, posting.to.mailbox, records);
        record.set_persona(persona);
    }
    *record.mutable_letter() = write_body(letter);
    set_id(record.mutable_sender(), letter.sender);
    set_id(record.mutable_mailbox(), posting.to.mailbox);
    record.set_lifetime(static_cast<std::uint32_t>(lifetime.count()));
    record.set_renew(posting.renew);
    save_vault(turn.out);
    if (receipt || letter.ticket) {
        seal(record, turn);
    } else {
        record.set_stamp_bits(usual_if_none(posting.stamp_bits));
        record.set_expires(seconds_of(item::expires_for(turn.now, lifetime)));
        turn.out.push_back(FindWork{stamp_id(posting.to.mailbox, letter.id, letter.sender),
                                    stamp_trials(record.stamp_bits())});
    }
    records.save(Table::outbox, letter.id.view(), record);
    note_sent(letter.id, record);
    return view_of(record);
}

// Each time into another item, with nothing in common that anybody else could see: another encapsulated key, another
// removal secret.
void Market::seal(records::SentMail& record, const Turn& turn) {
    const auto recipient = get_id<base::MailboxKey>(record.mailbox());
    const auto sender = get_id<base::PublisherKey>(record.sender());
    auto letter = sender ? read_body(record.letter(), *sender) : std::nullopt;
    ENSURE(recipient && letter, "a sent mail without its letter");
    letter->removal_secret = rng_.secret();
    const auto throw_away = get_id<base::Secret>(record.seed());
    auto sealed = seal_letter(*letter, throw_away ? *throw_away : vault_.persona_seed(record.persona()),
                              *recipient, network_, turn.now, base::Seconds(record.lifetime()), rng_);
    ENSURE(sealed.has_value(), "a letter that was checked does not seal");
    const item::ReadPtr made = read_own(*std::move(sealed));
    *record.mutable_letter() = write_body(*letter);
    set_item(record.mutable_item(), made->item);
    record.set_expires(seconds_of(made->header.expires));
    record.set_worked(false);
    record.set_injected(0);
    record.set_heard(0);
    turn.out.push_back(FindWork{made->id, item::required_work(*made)});
}

std::vector<Ticket> Market::give_tickets(const base::MailboxKey& key, ChangeRecords& records) {
    Mailbox mailbox = mailbox_of(key);
    std::vector<Ticket> out;
    for (std::uint32_t i = 0; i < tickets_given; ++i)
        out.push_back(ticket(vault_.mailboxes().at(key).secret, mailbox.next_ticket + i));
    mailbox.open_more_tickets(tickets_given);
    keep_mailbox(key, mailbox, records);
    return out;
}

// The newest of those that this persona gave us for its mailbox; it is used up with this.
std::optional<Ticket> Market::held_ticket(const base::PublisherKey& giver, const base::MailboxKey& mailbox,
                                          ChangeRecords& records) {
    const base::Bytes key = tickets_key(giver, mailbox);
    auto held = records.load<records::Tickets>(Table::tickets, key);
    if (!held || held->tickets_size() == 0) return std::nullopt;
    const auto out = get_id<Ticket>(*held->tickets().rbegin());
    held->mutable_tickets()->RemoveLast();
    records.save(Table::tickets, key, *held);
    return out;
}

}  // namespace hearsay::market
