// The letters that carry a trade's messages, in and out.

#include "market/trade/letters.hpp"

#include "base/encoding.hpp"
#include "base/limits/items.hpp"
#include "base/limits/person.hpp"
#include "item/mailbox.hpp"
#include "market.pb.h"
#include "market/address.hpp"
#include "market/trade/trades.hpp"

namespace hearsay::market {
namespace {

namespace limits = base::limits;
using trade::Machine;
using trade::Role;

std::optional<std::string> role_name(const Machine& machine, const base::PublisherKey& who) {
    const auto role = machine.role_of(who);
    return role ? std::optional(std::string(trade::name(*role))) : std::nullopt;
}

}  // namespace

// A trade that is new here: somebody takes an offer of ours, or shows us a dispute.
std::optional<records::Trade> Trades::trade_for(const trade::TradeLetter& letter,
                                                const trade::Signed& first,
                                                const base::MailboxId& mailbox,
                                                base::WallTime now) const {
    if (removed_.contains(first.message.trade)) return std::nullopt;
    records::Trade out;
    set_id(out.mutable_id(), first.message.trade);
    out.set_created(seconds_of(now));
    const OwnMailbox* const own = identity_.find_mailbox(mailbox);
    if (letter.arbiter) {
        const auto persona = identity_.index_of(*letter.arbiter);
        if (!persona) return std::nullopt;
        out.set_role(static_cast<std::uint32_t>(Role::arbiter));
        out.set_persona(*persona);
    } else {
        // Only what came to an offer's mailbox; it may have overtaken its Take.
        if (!own || !own->persona || own->peer || own->main) return std::nullopt;
        const auto& offer = first.message.move.offer;
        if (offer && offer->header.publication()->publisher !=
                         publisher_of(vault_.persona_seed(*own->persona)))
            return std::nullopt;
        out.set_role(static_cast<std::uint32_t>(Role::maker));
        out.set_persona(*own->persona);
    }
    return out;
}

// What proves once that we are the arbiter is kept apart:
// nothing that is shown later drives it out.
bool Trades::keep_agreement(records::Trade& record, const base::PublisherKey& arbiter,
                            const trade::Machine& machine,
                            const std::vector<trade::Signed>& shown) const {
    if (record.agreement_size() > 0) return false;
    for (const trade::Signed& message : trade::agreement_among(machine, shown, arbiter))
        record.add_agreement(base::to_text(trade::write(message)));
    return record.agreement_size() > 0;
}

// A letter that comes to another mailbox than one of the persona that trades would tell its sender
// that both are ours. An arbiter gives its address to strangers: it may be the main mailbox,
// with whatever persona it named.
bool Trades::may_carry(const base::MailboxId& mailbox, const records::Trade& record) const {
    const OwnMailbox* const own = identity_.find_mailbox(mailbox);
    if (!own || !own->persona) return true;  // recovered: nobody knows whose it was
    if (own->persona == record.persona()) return true;
    return static_cast<Role>(record.role()) == Role::arbiter && own->main;
}

// Where its sender is written to from now on. False: it is known.
bool Trades::note_mailbox(records::Trade& record, const Machine& machine, const Letter& letter) {
    const auto who = role_name(machine, letter.sender);
    if (!who || !letter.reply_to || !is_usable(*letter.reply_to)) return false;
    std::string& known = (*record.mutable_mailboxes())[*who];
    std::string told = base::to_text(letter.reply_to->view());
    if (known == told) return false;
    known = std::move(told);
    return true;
}

bool Trades::on_letter(const Letter& letter, const base::MailboxId& mailbox, const Turn& turn) {
    const auto parcel = trade::read_letter(letter.trade);
    if (!parcel) return false;
    std::vector<trade::Signed> messages;
    for (const base::Bytes& bytes : parcel->messages) {
        auto message = trade::read(bytes, network_);
        if (message &&
            (messages.empty() || message->message.trade == messages.front().message.trade))
            messages.push_back(*std::move(message));
    }
    if (messages.empty()) return false;
    const trade::TradeId id = messages.front().message.trade;
    ChangeRecords records = change(turn);
    auto record = records.load<records::Trade>(Table::trades, id.view());
    const bool fresh = !record;
    if (fresh) record = trade_for(*parcel, messages.front(), mailbox, turn.now);
    if (!record ||
        (static_cast<Role>(record->role()) == Role::arbiter) != parcel->arbiter.has_value())
        return false;
    const std::optional<base::PublisherKey> arbiter = arbiter_of(*record);
    if (!may_carry(mailbox, *record) || (arbiter && arbiter != parcel->arbiter)) return false;

    Machine machine = machine_of(*record, arbiter, network_);
    bool news = arbiter && keep_agreement(*record, *arbiter, machine, messages);
    for (const trade::Signed& message : messages) {
        const trade::Outcome outcome = machine.add(message);
        news |= outcome != trade::Outcome::known && outcome != trade::Outcome::refused;
    }
    if (machine.maker() && static_cast<Role>(record->role()) == Role::maker &&
        *machine.maker() != publisher_of(vault_.persona_seed(record->persona())))
        return false;  // an early message and a Take of another's offer under one id: not ours
    if (fresh && (!news || !make_room(static_cast<Role>(record->role()), turn))) return false;
    // What brings nothing new is not written: making the views of a long trade takes a while.
    if (note_mailbox(*record, machine, letter) || news) save(*record, machine, turn);
    mail_.inbox.note_trade(letter.id, as_digest(id), turn);
    if (!news) return true;
    turn.out.push_back(
        Tell{Happening::trade, base::to_hex(id), std::string(trade::name(view_of(*record).phase))});
    confirm_if_accepted(*record, machine, turn);
    return true;
}

base::Result<base::MailboxKey> Trades::key_of(const base::MailboxId& mailbox,
                                              const std::optional<base::MailboxKey>& known,
                                              const Turn& turn) const {
    if (known && item::mailbox_id(*known) == mailbox) return *known;
    if (const auto own = identity_.public_key(mailbox)) return *own;
    if (const auto told = turn.flood.mailbox_key(mailbox)) return *told;
    return base::fail(base::ErrorCode::not_found,
                      "the key of " + mailbox_address(mailbox) +
                          " is not here; its owner has to publish it (hearsay mailbox publish)");
}

// Whether own_mailbox() finds one or may make one.
std::optional<std::string> Trades::own_mailbox_problem(const records::Trade& record) const {
    const auto key = get_id<base::MailboxId>(record.mailbox());
    return key && vault_.mailboxes().contains(*key) ? std::nullopt : identity_.mailbox_problem();
}

void Trades::own_mailbox(records::Trade& record, const std::optional<base::MailboxId>& peer,
                         const Turn& turn) {
    const auto key = get_id<base::MailboxId>(record.mailbox());
    if (key && vault_.mailboxes().contains(*key)) return;
    const base::MailboxId fresh =
        identity_.fresh_mailbox(turn.now, turn.now + 3 * limits::lifetime_max);
    identity_.save_mailbox(fresh,
                           {record.persona(), peer, false, turn.now,
                            "trade " + base::to_hex(base::as_bytes(record.id()))},
                           turn);
    set_id(record.mutable_mailbox(), fresh);
}

base::Result<void> Trades::post(const records::Trade& record, const Addressee& to,
                                const item::ReadPtr& offer, const trade::TradeLetter& letter,
                                const std::string& subject, const Turn& turn) {
    Posting posting;
    posting.to = to;
    // Until the maker has answered, letters go to the offer's mailbox, whose rule asks what they
    // are about.
    if (const auto* claim = offer ? offer->header.publication() : nullptr;
        claim && claim->mailbox == to.mailbox) {
        posting.about = item::thing_of(*claim);
        if (const auto text = item::read_offer(offer->item.payload))
            posting.stamp_bits = text->stamp_bits;
    }
    posting.persona = record.persona();
    posting.reply_to = get_id<base::MailboxId>(record.mailbox());
    posting.subject = subject;
    posting.trade = trade::write_letter(letter);
    posting.renew = true;
    const auto posted = mail_.outbox.post(posting, turn);
    if (!posted) return std::unexpected(posted.error());
    return {};
}

}  // namespace hearsay::market
