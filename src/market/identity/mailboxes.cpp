// Mailboxes: fresh ones, their records, and their keys for the workers.
#include "base/limits/person.hpp"
#include "market.pb.h"
#include "market/identity/identity.hpp"

namespace hearsay::market {
namespace {

namespace limits = base::limits;

}  // namespace

// Passes over keys that the store knows:
// after an older vault file was put back they would be given again.
base::MailboxKey Identity::fresh_mailbox(base::WallTime now, base::WallTime destroy_after) {
    vault_changed_ = true;
    while (true) {
        const base::MailboxKey key = vault_.new_mailbox(now, destroy_after);
        if (!mailboxes_.contains(key)) return key;
    }
}

void Identity::save_mailbox(const base::MailboxKey& key, const OwnMailbox& mailbox,
                            const Turn& turn) {
    records::Mailbox record;
    set_id(record.mutable_key(), key);
    record.set_purpose(mailbox.purpose);
    if (mailbox.persona) record.set_persona(*mailbox.persona);
    if (mailbox.peer) set_id(record.mutable_peer(), *mailbox.peer);
    record.set_main(mailbox.main);
    record.set_created(seconds_of(mailbox.created));
    record.set_rule(static_cast<std::uint32_t>(mailbox.rule.who));
    record.set_stamp_bits(mailbox.rule.stamp_bits);
    record.set_strangers_max(mailbox.rule.strangers_max);
    record.set_refused(mailbox.refused);
    record.set_next_ticket(mailbox.next_ticket);
    for (const std::uint32_t number : mailbox.open_tickets) record.add_open_tickets(number);
    change(turn).save(Table::mailboxes, key.view(), record);
    mailboxes_[key] = mailbox;
    keys_ = nullptr;
}

// One that came back from the words has no record: whatever tickets it may have given are good, and
// whatever stamp it may have asked for.
OwnMailbox Identity::mailbox_of(const base::MailboxKey& key) const {
    if (const auto known = mailboxes_.find(key); known != mailboxes_.end()) return known->second;
    OwnMailbox out;
    out.purpose = "recovered";
    out.rule.stamp_bits = 1;
    if (const auto secret = vault_.mailboxes().find(key); secret != vault_.mailboxes().end())
        out.created = secret->second.created;
    out.open_more_tickets(tickets_unknown);
    return out;
}

const OwnMailbox* Identity::find_mailbox(const base::MailboxKey& key) const {
    const auto at = mailboxes_.find(key);
    return at == mailboxes_.end() ? nullptr : &at->second;
}

std::optional<std::string> Identity::mailbox_problem() const {
    if (vault_.mailboxes().size() < limits::mailbox_keys_max) return std::nullopt;
    return "there are " + std::to_string(limits::mailbox_keys_max) +
           " mailboxes already, and every mail is tried with each; they go when their offers and "
           "mails are "
           "over";
}

// The newest of a mailbox are the open ones; who did not answer for long stamps.
void OwnMailbox::open_more_tickets(std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) open_tickets.push_back(next_ticket++);
    const std::size_t over = open_tickets.size() - std::min(open_tickets.size(), tickets_open_max);
    open_tickets.erase(open_tickets.begin(),
                       open_tickets.begin() + static_cast<std::ptrdiff_t>(over));
}

// The one that the mail came to, if it is of this conversation; else the newest of ours that was
// made for this peer.
std::optional<base::MailboxKey> Identity::conversation_mailbox(const base::MailboxKey& came_to,
                                                               const base::MailboxKey& peer,
                                                               std::uint32_t persona,
                                                               base::WallTime now) const {
    std::optional<base::MailboxKey> found;
    base::WallTime newest = now - conversation_mailbox_max;
    for (const auto& [key, mailbox] : mailboxes_) {
        const auto secret = vault_.mailboxes().find(key);
        if (!mailbox.peer || mailbox.persona != persona || secret == vault_.mailboxes().end())
            continue;
        if (key != came_to && mailbox.peer != peer) continue;
        if (secret->second.created <= newest) continue;
        if (key == came_to) return key;
        newest = secret->second.created;
        found = key;
    }
    return found;
}

// What the backup knows of tickets is as old as it is. Those that we hold are used up, perhaps, and
// are not restored: a letter on one would be thrown away without a word, so we stamp.
// Those that we gave since are good, too.
void Identity::open_tickets_given_since(const Turn& turn) {
    for (auto [key, mailbox] : std::map(mailboxes_)) {
        mailbox.open_more_tickets(tickets_unknown);
        save_mailbox(key, mailbox, turn);
    }
}

Identity::Keys Identity::keys() {
    if (!keys_) {
        std::vector<std::pair<base::MailboxKey, base::Secret>> all;
        all.reserve(vault_.mailboxes().size());
        for (const auto& [key, mailbox] : vault_.mailboxes()) all.emplace_back(key, mailbox.secret);
        keys_ = std::make_shared<const std::vector<std::pair<base::MailboxKey, base::Secret>>>(
            std::move(all));
    }
    return keys_;
}

}  // namespace hearsay::market
