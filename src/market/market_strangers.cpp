// Who may write to whom: rules of mailboxes, tickets, friends.
#include <algorithm>
#include <map>

#include "base/limits/items.hpp"
#include "base/limits/person.hpp"
#include "item/text.hpp"
#include "market/address.hpp"
#include "market/market.hpp"
#include "market/postage.hpp"
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

// An own offer that names this mailbox; else none.
const Market::OwnPublication* Market::offer_of(const base::MailboxKey& key) const {
    const auto at = std::ranges::find_if(
        things_, [&](const auto& entry) { return !entry.second.rating && entry.second.mailbox == key; });
    return at == things_.end() ? nullptr : &at->second;
}

std::uint32_t Market::bits_needed(const base::MailboxKey& key, const MailboxRule& rule,
                                  base::WallTime now) const {
    const OwnPublication* const offer = offer_of(key);
    const std::uint32_t bits = usual_if_none(rule.stamp_bits);
    return offer && offer->eased_until > now ? std::min(bits, offer->eased_bits) : bits;
}

Knock Market::knock_of(const item::Read& mail, const Letter& letter, const base::MailboxKey& key,
                       base::WallTime now) const {
    Knock out;
    out.opened_before = seen_.contains(mail.id);
    out.mailbox_is_ours = vault_.mailboxes().contains(key);
    out.is_receipt = !letter.received.empty();
    out.is_known = inbox_.contains(letter.id) || removed_mail_.contains(letter.id);
    if (out.opened_before || !out.mailbox_is_ours || out.is_receipt || out.is_known) return out;
    out.rule = mailbox_of(key).rule;
    out.has_room_in_inbox = has_room_in_inbox();
    out.waits_already = waiting_.contains(mail.id);
    out.waiting = waiting_.size();
    out.bearer.has_ticket = ticket_of(letter, key).has_value();
    if (out.bearer.has_ticket) return out;
    out.bearer.is_friend = friends_.contains(letter.sender);
    out.bearer.is_stamped = stamp_is_enough(network_, letter, key, bits_needed(key, out.rule, now));
    if (letter.about && !letter.trade.empty())
        if (const auto offer = things_.find(*letter.about); offer != things_.end())
            out.bearer.trades = offer->second.mailbox == key;
    out.bearer.strangers_unread = strangers_unread(key);
    return out;
}

// ---- what found no room ----------------------------------------------------------------------

void Market::wait_for_room(const item::Read& mail, const base::MailboxKey& mailbox, bool for_inbox,
                           ChangeRecords& records) {
    records::SeenMail row;
    set_id(row.mutable_item(), mail.id);
    row.set_expires(seconds_of(mail.header.expires));
    set_id(row.mutable_waits_in(), mailbox);
    row.set_waits_for_inbox(for_inbox);
    records.save(Table::seen_mail, mail.id.view(), row);
    waiting_[mail.id] = {mail.header.expires, mailbox, for_inbox};
}

// No more than may find room, those that end first before the others; search() tries them.
void Market::wake_waiting() {
    if (waiting_.empty()) return;
    std::size_t room_in_inbox = inbox_.size() - unread_;
    if (inbox_.size() < settings_.inbox_max) room_in_inbox += settings_.inbox_max - inbox_.size();
    std::map<base::MailboxKey, std::size_t> strangers;
    for (const auto& [id, received] : inbox_)
        if (!received.read && received.stranger_in) ++strangers[*received.stranger_in];
    std::vector<std::pair<base::WallTime, base::ItemId>> order;
    for (const auto& [id, waiting] : waiting_)
        if (vault_.mailboxes().contains(waiting.mailbox)) order.emplace_back(waiting.expires, id);
    std::sort(order.begin(), order.end());
    awake_.clear();
    for (const auto& [expires, id] : order) {
        if (awake_.size() >= room_in_inbox) break;
        const Waiting& waiting = waiting_.at(id);
        std::size_t& in_mailbox = strangers[waiting.mailbox];
        if (!waiting.for_inbox && in_mailbox++ >= mailbox_of(waiting.mailbox).rule.strangers_max) continue;
        awake_.insert(id);
    }
    if (!awake_.empty()) search_.look_again();
}

void Market::try_waiting(const Turn& turn) {
    while (!awake_.empty() && !search_.is_full()) {
        const base::ItemId id = awake_.extract(awake_.begin()).value();
        if (item::ReadPtr mail = turn.flood.get(id)) {
            if (search_.on_stored(id)) turn.out.push_back(TryOpen{std::move(mail), keys()});
        } else if (waiting_.erase(id) > 0) {  // its sender took it back, say
            ChangeRecords(vault_, turn.store, rng_).erase(Table::seen_mail, id.view());
        }
    }
    if (!awake_.empty()) search_.look_again();
}

std::optional<std::uint32_t> Market::ticket_of(const Letter& letter, const base::MailboxKey& key) const {
    const auto secret = vault_.mailboxes().find(key);
    if (!letter.ticket || secret == vault_.mailboxes().end()) return std::nullopt;
    for (const std::uint32_t number : mailbox_of(key).open_tickets)
        if (ticket(secret->second.secret, number) == *letter.ticket) return number;
    return std::nullopt;
}

// The newest of a mailbox are the open ones; who did not answer for long stamps.
void Market::Mailbox::open_more_tickets(std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) open_tickets.push_back(next_ticket++);
    const std::size_t over = open_tickets.size() - std::min(open_tickets.size(), tickets_open_max);
    open_tickets.erase(open_tickets.begin(), open_tickets.begin() + static_cast<std::ptrdiff_t>(over));
}

// Anybody may name any mailbox for answers, and nobody proves to own it. So tickets are used in letters to the persona
// only that gave them: else a third party could hand us false ones for somebody else's mailbox, and our letters to there
// would be refused without a word.
// Of a letter from before a recovery the lost node may have used any, with the same end. Both clocks may be wrong.
void Market::hold_tickets(const Letter& letter, const Turn& turn) {
    ChangeRecords records(vault_, turn.store, rng_);
    if (!letter.reply_to || letter.tickets.empty()) return;
    if (const auto recovered = vault_.recovered();
        recovered && letter.written < *recovered + limits::future_max)
        return;
    const base::Bytes key = tickets_key(letter.sender, *letter.reply_to);
    auto held = records.load<records::Tickets>(Table::tickets, key).value_or(records::Tickets{});
    set_id(held.mutable_mailbox(), *letter.reply_to);
    set_id(held.mutable_giver(), letter.sender);
    for (const Ticket& ticket : letter.tickets) set_id(held.add_tickets(), ticket);
    const int over = held.tickets_size() - static_cast<int>(tickets_held_max);
    if (over > 0) held.mutable_tickets()->DeleteSubrange(0, over);
    held.set_until(seconds_of(turn.now + mailbox_life_max));
    records.save(Table::tickets, key, held);
}

base::Result<MailboxView> Market::set_rule(const base::MailboxKey& key, const MailboxRule& rule,
                                           const Turn& turn) {
    if (!vault_.mailboxes().contains(key))
        return base::fail(ErrorCode::not_found, "none of your mailboxes is " + mailbox_address(key));
    if (rule.stamp_bits > stamp_bits_max)
        return base::fail(ErrorCode::invalid,
                          "a stamp has at most " + std::to_string(stamp_bits_max) + " bits");
    const OwnPublication* const offer = offer_of(key);
    const std::uint32_t known = usual_if_none(offer ? offer->stamp_bits : 0);
    if (usual_if_none(rule.stamp_bits) > known)
        return base::fail(ErrorCode::refused,
                          "people who write there know of " + std::to_string(known) + " bits" +
                              (offer ? ": more have to be in the offer (hearsay offer update)"
                                     : ", and nothing would tell them of more"));
    ChangeRecords records(vault_, turn.store, rng_);
    Mailbox mailbox = mailbox_of(key);
    mailbox.rule = rule;
    keep_mailbox(key, mailbox, records);
    wake_waiting();
    return view_of(key, strangers_unread(key));
}

base::Result<FriendView> Market::add_friend(const base::PublisherKey& persona, const std::string& name,
                                            const Turn& turn) {
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
    ChangeRecords(vault_, turn.store, rng_).save(Table::friends, persona.view(), record);
    friends_[persona] = *normal;
    return FriendView{persona, *normal};
}

base::Result<FriendView> Market::remove_friend(const base::PublisherKey& persona, const Turn& turn) {
    const auto at = friends_.find(persona);
    if (at == friends_.end())
        return base::fail(ErrorCode::not_found, persona_address(persona) + " is none of your friends");
    const FriendView out{persona, at->second};
    ChangeRecords(vault_, turn.store, rng_).erase(Table::friends, persona.view());
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
