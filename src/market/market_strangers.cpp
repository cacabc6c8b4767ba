// Who may write to whom: rules of mailboxes, tickets, friends.
#include <algorithm>
#include <map>

#include "item/text.hpp"
#include "market/address.hpp"
#include "market/market.hpp"
#include "market/records.hpp"

namespace hearsay::market {

namespace limits = base::limits;
using base::ErrorCode;

std::size_t Market::strangers_unread(const base::MailboxKey& mailbox) const {
    return static_cast<std::size_t>(std::ranges::count_if(inbox_, [&](const auto& entry) {
        return !entry.second.read && entry.second.stranger_in == mailbox;
    }));
}

MailboxView Market::view_of(const base::MailboxKey& key, std::size_t strangers) const {
    const Mailbox mailbox = mailbox_of(key);
    const MailboxSecret& secret = vault_.mailboxes().at(key);
    return {key,          mailbox.purpose, secret.created,  secret.destroy_after,
            mailbox.main, mailbox.rule,    mailbox.refused, strangers};
}

// Thousands of mailboxes and a hundred thousand mails: the inbox is walked once for all of them.
std::vector<MailboxView> Market::mailboxes() const {
    std::map<base::MailboxKey, std::size_t> strangers;
    for (const auto& [id, received] : inbox_)
        if (!received.read && received.stranger_in) ++strangers[*received.stranger_in];
    std::vector<MailboxView> out;
    for (const auto& [key, secret] : vault_.mailboxes()) {
        const auto counted = strangers.find(key);
        out.push_back(view_of(key, counted == strangers.end() ? 0 : counted->second));
    }
    std::ranges::stable_sort(out, [](const auto& a, const auto& b) { return a.created > b.created; });
    return out;
}

// Why it is refused, counted already; else `stranger` says whether it came on a stamp.
std::optional<Refusal> Market::refuse(const Letter& letter, const base::MailboxKey& key, bool& stranger,
                                      ChangeRecords& records) {
    Bearer bearer;
    bearer.has_ticket = take_ticket(letter, key, records);
    if (bearer.has_ticket) return std::nullopt;
    Mailbox mailbox = mailbox_of(key);
    bearer.is_friend = friends_.contains(letter.sender);
    bearer.is_stamped = stamp_is_enough(network_, letter, key, mailbox.rule.stamp_bits);
    if (letter.about && !letter.trade.empty())
        if (const auto offer = things_.find(*letter.about); offer != things_.end())
            bearer.trades = offer->second.mailbox == key;
    bearer.strangers_unread = strangers_unread(key);
    const auto why = refusal(mailbox.rule, bearer);
    stranger = !why && !bearer.is_friend;
    if (!why) return std::nullopt;
    ++mailbox.refused;
    keep_mailbox(key, mailbox, records);
    return why;
}

bool Market::take_ticket(const Letter& letter, const base::MailboxKey& key, ChangeRecords& records) {
    const auto secret = vault_.mailboxes().find(key);
    if (!letter.ticket || secret == vault_.mailboxes().end()) return false;
    Mailbox mailbox = mailbox_of(key);
    const auto used = std::ranges::find_if(mailbox.open_tickets, [&](std::uint32_t number) {
        return ticket(secret->second.secret, number) == *letter.ticket;
    });
    if (used == mailbox.open_tickets.end()) return false;
    mailbox.open_tickets.erase(used);
    keep_mailbox(key, mailbox, records);
    return true;
}

void Market::hold_tickets(const Letter& letter, base::WallTime now, ChangeRecords& records) {
    if (!letter.reply_to || letter.tickets.empty()) return;
    auto held =
        records.load<records::Tickets>(Table::tickets, letter.reply_to->view()).value_or(records::Tickets{});
    set_id(held.mutable_mailbox(), *letter.reply_to);
    for (const Ticket& ticket : letter.tickets) set_id(held.add_tickets(), ticket);
    const int over = held.tickets_size() - static_cast<int>(tickets_held_max);
    if (over > 0) held.mutable_tickets()->DeleteSubrange(0, over);
    held.set_until(seconds_of(now + mailbox_life_max));
    records.save(Table::tickets, letter.reply_to->view(), held);
}

base::Result<MailboxView> Market::set_rule(const base::MailboxKey& key, const MailboxRule& rule, Keep& keep) {
    if (!vault_.mailboxes().contains(key))
        return base::fail(ErrorCode::not_found, "none of your mailboxes is " + mailbox_address(key));
    if (rule.stamp_bits > stamp_bits_max)
        return base::fail(ErrorCode::invalid,
                          "a stamp has at most " + std::to_string(stamp_bits_max) + " bits");
    ChangeRecords records(vault_, keep, rng_);
    Mailbox mailbox = mailbox_of(key);
    mailbox.rule = rule;
    keep_mailbox(key, mailbox, records);
    return view_of(key, strangers_unread(key));
}

base::Result<FriendView> Market::add_friend(const base::PublisherKey& persona, const std::string& name,
                                            Keep& keep) {
    const auto normal = item::to_nfc(name);
    constexpr std::size_t name_bytes_max = 100;
    if (!normal || normal->empty() || normal->size() > name_bytes_max || !item::is_clean_text(*normal, false))
        return base::fail(ErrorCode::invalid,
                          "a friend's name is one line of 1 to " + std::to_string(name_bytes_max) + " bytes");
    if (!friends_.contains(persona) && friends_.size() >= limits::friends_max)
        return base::fail(ErrorCode::exhausted,
                          "there are " + std::to_string(limits::friends_max) + " friends already");
    records::Friend record;
    set_id(record.mutable_persona(), persona);
    record.set_name(*normal);
    ChangeRecords(vault_, keep, rng_).save(Table::friends, persona.view(), record);
    friends_[persona] = *normal;
    return FriendView{persona, *normal};
}

base::Result<FriendView> Market::remove_friend(const base::PublisherKey& persona, Keep& keep) {
    const auto at = friends_.find(persona);
    if (at == friends_.end())
        return base::fail(ErrorCode::not_found, persona_address(persona) + " is none of your friends");
    const FriendView out{persona, at->second};
    ChangeRecords(vault_, keep, rng_).erase(Table::friends, persona.view());
    friends_.erase(at);
    return out;
}

std::vector<FriendView> Market::friends() const {
    std::vector<FriendView> out;
    for (const auto& [persona, name] : friends_) out.push_back({persona, name});
    std::ranges::sort(out, [](const auto& a, const auto& b) { return a.name < b.name; });
    return out;
}

}  // namespace hearsay::market
