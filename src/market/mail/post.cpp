// A letter on its way out, from what it says to the item that floods.
#include <algorithm>

#include "base/encoding.hpp"
#include "base/ensure.hpp"
#include "base/limits/items.hpp"
#include "base/limits/person.hpp"
#include "item/mailbox.hpp"
#include "item/make.hpp"
#include "mail.pb.h"
#include "market.pb.h"
#include "market/mail/letter_body.hpp"
#include "market/mail/outbox.hpp"
#include "market/mail/postage.hpp"

namespace hearsay::market {
namespace {

namespace limits = base::limits;
using base::ErrorCode;

// Mail has one of few lifetimes, because it tells everybody who looks. 0 stands for the usual one.
std::optional<std::string> lifetime_problem(base::Seconds lifetime) {
    if (lifetime == base::Seconds(0) || item::is_mail_lifetime(lifetime)) return std::nullopt;
    return "the lifetime is " + std::to_string(lifetime.count()) +
           " seconds; mail lives 1, 3, 7 or 15 days: 86400, 259200, 604800 or 1296000 seconds";
}

}  // namespace

bool Outbox::make_room(bool receipt, const Turn& turn) {
    const auto counts = [&](const auto& entry) { return entry.second.receipt == receipt; };
    const std::size_t most = receipt ? limits::receipts_max : limits::outbox_max;
    if (sent_.size() < most ||
        static_cast<std::size_t>(std::ranges::count_if(sent_, counts)) < most)
        return true;
    auto oldest = sent_.end();
    for (auto at = sent_.begin(); at != sent_.end(); ++at)
        if (counts(*at) && at->second.over &&
            (oldest == sent_.end() || at->second.expires < oldest->second.expires))
            oldest = at;
    if (oldest == sent_.end()) return false;
    const MessageId id = oldest->first;
    change(turn).erase(Table::outbox, id.view());
    drop(id);
    return true;
}

std::optional<base::Error> Outbox::postage_problem(const base::MailboxKey& to, std::size_t letters,
                                                   const Turn& turn) {
    if (!is_usable(to))
        return base::Error{ErrorCode::refused, "the recipient's mailbox key is unusable"};
    std::size_t alive = 0;
    for (const auto& [id, sent] : sent_) alive += sent.over ? 0U : 1U;
    if (alive + letters <= limits::outbox_max && make_room(false, turn)) return std::nullopt;
    return base::Error{ErrorCode::exhausted,
                       "the outbox holds " + std::to_string(alive) +
                           " mails that are still alive; wait until some expire"};
}

// The letter as far as it is known before it is sealed.
base::Result<MailView> Outbox::post(const Posting& posting, const Turn& turn) {
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
    if (auto problem = lifetime_problem(posting.lifetime))
        return base::fail(ErrorCode::invalid, *problem);
    const base::Seconds lifetime =
        posting.lifetime == base::Seconds(0) ? limits::lifetime_max : posting.lifetime;
    identity_.advance_vault(turn.now);
    if (!receipt && !(posting.reply_to && vault_.mailboxes().contains(*posting.reply_to)))
        if (auto problem = identity_.mailbox_problem())
            return base::fail(ErrorCode::exhausted, *problem);
    if (posting.to.key && !is_usable(*posting.to.key))
        return base::fail(ErrorCode::refused, "the recipient's mailbox key is unusable");
    ChangeRecords records = change(turn);
    if (!make_room(receipt, turn))
        return base::fail(ErrorCode::exhausted,
                          "the outbox holds " + std::to_string(limits::outbox_max) +
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
        address(letter, record, posting, lifetime, turn);
    }
    *record.mutable_letter() = write_body(letter);
    set_id(record.mutable_sender(), letter.sender);
    set_id(record.mutable_mailbox(), posting.to.mailbox);
    if (posting.to.key) set_id(record.mutable_key(), *posting.to.key);
    record.set_lifetime(static_cast<std::uint32_t>(lifetime.count()));
    record.set_renew(posting.renew);
    record.set_stamp_bits(usual_if_none(posting.stamp_bits));
    record.set_expires(seconds_of(item::expires_for(turn.now, lifetime)));
    save_vault(turn.out);
    if (posting.to.key) begin(record, turn);
    records.save(Table::outbox, letter.id.view(), record);
    note(letter.id, record);
    return view_of(record);
}

bool Outbox::begin(records::SentMail& record, const Turn& turn) {
    const auto key = get_id<base::MailboxKey>(record.key());
    const auto id = get_id<MessageId>(record.letter().message_id());
    const auto mailbox = get_id<base::MailboxId>(record.mailbox());
    const auto sender = get_id<base::PublisherKey>(record.sender());
    ENSURE(key && id && mailbox && sender, "a sent mail without its letter");
    if (!is_usable(*key)) return false;
    if (!record.seed().empty() || !record.letter().ticket().empty()) {
        seal(record, turn);
        return true;
    }
    record.set_expires(seconds_of(item::expires_for(turn.now, base::Seconds(record.lifetime()))));
    turn.out.push_back(
        FindWork{stamp_id(*mailbox, *id, *sender), stamp_trials(record.stamp_bits())});
    return true;
}

void Outbox::on_stored(const item::Read& item, const Turn& turn) {
    const item::Publication* const claim = item.header.publication();
    if (!claim || !claim->mailbox) return;
    const auto waits = keyless_.lower_bound({*claim->mailbox, MessageId{}});
    if (waits == keyless_.end() || waits->first != *claim->mailbox) return;
    if (const auto key = item::mailbox_key_in(item)) take_key(*claim->mailbox, *key, turn);
}

void Outbox::take_key(const base::MailboxId& mailbox, const base::MailboxKey& key,
                      const Turn& turn) {
    std::vector<MessageId> waiting;
    for (auto at = keyless_.lower_bound({mailbox, MessageId{}});
         at != keyless_.end() && at->first == mailbox; ++at)
        waiting.push_back(at->second);
    ChangeRecords records = change(turn);
    for (const MessageId& id : waiting) {
        auto record = records.load<records::SentMail>(Table::outbox, id.view());
        if (!record || time_of(record->expires()) <= turn.now) continue;
        set_id(record->mutable_key(), key);
        if (!begin(*record, turn)) continue;
        records.save(Table::outbox, id.view(), *record);
        note(id, *record);
        turn.out.push_back(Tell{Happening::mail_state, base::to_hex(id), "working"});
    }
}

// Keys that came while this node was not told: by a mailbox's item that was here all the time.
void Outbox::look_for_keys(const Turn& turn) {
    std::set<base::MailboxId> wanted;
    for (const auto& [mailbox, id] : keyless_) wanted.insert(mailbox);
    for (const base::MailboxId& mailbox : wanted)
        if (const auto key = turn.flood.mailbox_key(mailbox)) take_key(mailbox, *key, turn);
}

// Who writes it, where the answer goes, and the tickets.
void Outbox::address(Letter& letter, records::SentMail& record, const Posting& posting,
                     base::Seconds lifetime, const Turn& turn) {
    const std::uint32_t persona =
        posting.persona ? *posting.persona : identity_.fresh_persona(posting.purpose, turn);
    const base::WallTime answers_until =
        item::expires_for(turn.now, lifetime) + limits::lifetime_max + limits::grace;
    base::MailboxId reply_to{};
    if (posting.reply_to && vault_.mailboxes().contains(*posting.reply_to)) {
        reply_to = *posting.reply_to;
        vault_.extend_mailbox(reply_to, answers_until);
    } else {
        reply_to = identity_.fresh_mailbox(turn.now, answers_until);
        identity_.save_mailbox(
            reply_to, {persona, posting.to.mailbox, false, turn.now, posting.purpose}, turn);
    }
    letter.reply_to = identity_.public_key(reply_to);
    letter.sender = publisher_of(vault_.persona_seed(persona));
    letter.tickets = senders_.give_tickets(reply_to, turn);
    if (posting.to.persona)
        letter.ticket = senders_.held_ticket(*posting.to.persona, posting.to.mailbox, turn);
    record.set_persona(persona);
}

// Each time into another item, with nothing in common that anybody else could see: another
// encapsulation, another removal secret.
void Outbox::seal(records::SentMail& record, const Turn& turn) {
    const auto recipient = get_id<base::MailboxKey>(record.key());
    const auto sender = get_id<base::PublisherKey>(record.sender());
    auto letter = sender ? read_body(record.letter(), *sender) : std::nullopt;
    ENSURE(recipient && letter, "a sent mail without its letter");
    letter->removal_secret = rng_.secret();
    const auto throw_away = get_id<base::Secret>(record.seed());
    auto sealed =
        seal_letter(*letter, throw_away ? *throw_away : vault_.persona_seed(record.persona()),
                    *recipient, network_, turn.now, base::Seconds(record.lifetime()), rng_);
    ENSURE(sealed.has_value(), "a letter that was checked does not seal");
    const item::ReadPtr made = read_own(*std::move(sealed));
    *record.mutable_letter() = write_body(*letter);
    set_item(record.mutable_item(), made->item);
    record.set_expires(seconds_of(made->header.expires));
    record.set_worked(false);
    record.set_injected(0);
    record.set_heard(0);
    turn.out.push_back(work_for(*made));
}

}  // namespace hearsay::market
