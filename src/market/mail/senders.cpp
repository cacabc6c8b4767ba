#include "market/mail/senders.hpp"

#include <algorithm>

#include "base/limits/items.hpp"
#include "base/limits/person.hpp"
#include "item/mailbox.hpp"
#include "item/text.hpp"
#include "market.pb.h"
#include "market/address.hpp"

namespace hearsay::market {
namespace {

namespace limits = base::limits;
using base::ErrorCode;

// The key in Table::tickets.
base::Bytes tickets_key(const base::PublisherKey& giver, const base::MailboxId& mailbox) {
    base::Bytes out = base::to_bytes(giver.view());
    base::append(out, mailbox.view());
    return out;
}

}  // namespace

bool Senders::load(const OwnStore& store) {
    return look(store).each<records::Friend>(Table::friends, [&](const records::Friend& record) {
        if (const auto persona = get_id<base::PublisherKey>(record.persona()))
            friends_[*persona] = record.name();
    });
}

void Senders::forget_silent(const Turn& turn) {
    ChangeRecords records = change(turn);
    std::vector<base::Bytes> silent;
    records.each<records::Tickets>(Table::tickets, [&](const records::Tickets& held) {
        const auto giver = get_id<base::PublisherKey>(held.giver());
        const auto mailbox = get_id<base::MailboxId>(held.mailbox());
        if (giver && mailbox && time_of(held.until()) <= turn.now)
            silent.push_back(tickets_key(*giver, *mailbox));
    });
    for (const base::Bytes& key : silent) records.erase(Table::tickets, key);
}

base::Result<FriendView> Senders::add_friend(const base::PublisherKey& persona,
                                             const std::string& name, const Turn& turn) {
    const auto normal = item::to_nfc(name);
    constexpr std::size_t name_bytes_max = 100;
    if (!normal || normal->empty() || normal->size() > name_bytes_max ||
        !item::is_clean_text(*normal, false))
        return base::fail(ErrorCode::invalid, "a friend's name is one line of 1 to " +
                                                  std::to_string(name_bytes_max) + " bytes");
    if (!friends_.contains(persona) && friends_.size() >= limits::friends_max)
        return base::fail(ErrorCode::exhausted,
                          "there are " + std::to_string(limits::friends_max) + " friends already");
    records::Friend record;
    set_id(record.mutable_persona(), persona);
    record.set_name(*normal);
    change(turn).save(Table::friends, persona.view(), record);
    friends_[persona] = *normal;
    return FriendView{persona, *normal};
}

base::Result<FriendView> Senders::remove_friend(const base::PublisherKey& persona,
                                                const Turn& turn) {
    const auto at = friends_.find(persona);
    if (at == friends_.end())
        return base::fail(ErrorCode::not_found,
                          persona_address(persona) + " is none of your friends");
    const FriendView out{persona, at->second};
    change(turn).erase(Table::friends, persona.view());
    friends_.erase(at);
    return out;
}

std::string Senders::name_of(const base::PublisherKey& persona) const {
    const auto at = friends_.find(persona);
    return at == friends_.end() ? std::string() : at->second;
}

std::vector<FriendView> Senders::friends() const {
    std::vector<FriendView> out;
    for (const auto& [persona, name] : friends_) out.push_back({persona, name});
    std::ranges::sort(out, [](const auto& a, const auto& b) { return a.name < b.name; });
    return out;
}

std::optional<std::uint32_t> Senders::ticket_of(const Letter& letter,
                                                const base::MailboxId& key) const {
    const auto secret = vault_.mailboxes().find(key);
    if (!letter.ticket || secret == vault_.mailboxes().end()) return std::nullopt;
    for (const std::uint32_t number : identity_.mailbox_of(key).open_tickets)
        if (ticket(secret->second.secret, number) == *letter.ticket) return number;
    return std::nullopt;
}

std::vector<Ticket> Senders::give_tickets(const base::MailboxId& key, const Turn& turn) {
    OwnMailbox mailbox = identity_.mailbox_of(key);
    std::vector<Ticket> out;
    for (std::uint32_t i = 0; i < tickets_given; ++i)
        out.push_back(ticket(vault_.mailboxes().at(key).secret, mailbox.next_ticket + i));
    mailbox.open_more_tickets(tickets_given);
    identity_.save_mailbox(key, mailbox, turn);
    return out;
}

void Senders::hold_tickets(const Letter& letter, const Turn& turn) {
    ChangeRecords records = change(turn);
    if (!letter.reply_to || letter.tickets.empty()) return;
    // Of a letter from before a recovery the lost node may have used any. Both clocks may be wrong.
    if (const auto recovered = vault_.recovered();
        recovered && letter.written < *recovered + limits::future_max)
        return;
    const base::MailboxId mailbox = item::mailbox_id(*letter.reply_to);
    const base::Bytes key = tickets_key(letter.sender, mailbox);
    auto held = records.load<records::Tickets>(Table::tickets, key).value_or(records::Tickets{});
    set_id(held.mutable_mailbox(), mailbox);
    set_id(held.mutable_giver(), letter.sender);
    for (const Ticket& ticket : letter.tickets) set_id(held.add_tickets(), ticket);
    const int over = held.tickets_size() - static_cast<int>(tickets_held_max);
    if (over > 0) held.mutable_tickets()->DeleteSubrange(0, over);
    held.set_until(seconds_of(turn.now + mailbox_life_max));
    records.save(Table::tickets, key, held);
}

std::optional<Ticket> Senders::held_ticket(const base::PublisherKey& giver,
                                           const base::MailboxId& mailbox, const Turn& turn) {
    ChangeRecords records = change(turn);
    const base::Bytes key = tickets_key(giver, mailbox);
    auto held = records.load<records::Tickets>(Table::tickets, key);
    if (!held || held->tickets_size() == 0) return std::nullopt;
    const auto out = get_id<Ticket>(*held->tickets().rbegin());
    held->mutable_tickets()->RemoveLast();
    records.save(Table::tickets, key, *held);
    return out;
}

}  // namespace hearsay::market
