// A letter on its way out, from what it says to the item that floods.
#include <algorithm>

#include "base/ensure.hpp"
#include "base/limits/items.hpp"
#include "base/limits/person.hpp"
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
    change(turn).erase(Table::outbox, oldest->first.view());
    sent_.erase(oldest);
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
    if (!is_usable(posting.to.mailbox))
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
    note(letter.id, record);
    return view_of(record);
}

// Who writes it, where the answer goes, and the tickets.
void Outbox::address(Letter& letter, records::SentMail& record, const Posting& posting,
                     base::Seconds lifetime, const Turn& turn) {
    const std::uint32_t persona =
        posting.persona ? *posting.persona : identity_.fresh_persona(posting.purpose, turn);
    const base::WallTime answers_until =
        item::expires_for(turn.now, lifetime) + limits::lifetime_max + limits::grace;
    if (posting.reply_to && vault_.mailboxes().contains(*posting.reply_to)) {
        vault_.extend_mailbox(*posting.reply_to, answers_until);
        letter.reply_to = posting.reply_to;
    } else {
        letter.reply_to = identity_.fresh_mailbox(turn.now, answers_until);
        identity_.save_mailbox(*letter.reply_to,
                               {persona, posting.to.mailbox, false, turn.now, posting.purpose},
                               turn);
    }
    letter.sender = publisher_of(vault_.persona_seed(persona));
    letter.tickets = senders_.give_tickets(*letter.reply_to, turn);
    if (posting.to.persona)
        letter.ticket = senders_.held_ticket(*posting.to.persona, posting.to.mailbox, turn);
    record.set_persona(persona);
}

// Each time into another item, with nothing in common that anybody else could see: another
// encapsulated key, another removal secret.
void Outbox::seal(records::SentMail& record, const Turn& turn) {
    const auto recipient = get_id<base::MailboxKey>(record.mailbox());
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
