// Mailboxes: fresh ones, their records, and their keys for the workers.
#include "base/limits/person.hpp"
#include "market.pb.h"
#include "market/address.hpp"
#include "market/identity/identity.hpp"

namespace hearsay::market {
namespace {

namespace limits = base::limits;

}  // namespace

// Passes over keys that the store knows:
// after an older vault file was put back they would be given again.
base::MailboxId Identity::fresh_mailbox(base::WallTime now, base::WallTime destroy_after) {
    vault_changed_ = true;
    while (true) {
        const base::MailboxId key = vault_.new_mailbox(now, destroy_after);
        if (!mailboxes_.contains(key)) return key;
    }
}

void Identity::save_mailbox(const base::MailboxId& key, const OwnMailbox& mailbox,
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

std::optional<base::MailboxId> Identity::main_mailbox() const {
    std::optional<base::MailboxId> out;
    base::WallTime newest;
    for (const auto& [key, mailbox] : mailboxes_) {
        const auto secret = vault_.mailboxes().find(key);
        if (!mailbox.main || secret == vault_.mailboxes().end()) continue;
        if (out && secret->second.created <= newest) continue;
        newest = secret->second.created;
        out = key;
    }
    return out;
}

// One that came back from the words has no record: whatever tickets it may have given are good, and
// whatever stamp it may have asked for.
OwnMailbox Identity::mailbox_of(const base::MailboxId& key) const {
    if (const auto known = mailboxes_.find(key); known != mailboxes_.end()) return known->second;
    OwnMailbox out;
    out.purpose = "recovered";
    out.rule.stamp_bits = 1;
    if (const auto secret = vault_.mailboxes().find(key); secret != vault_.mailboxes().end())
        out.created = secret->second.created;
    out.open_more_tickets(tickets_unknown);
    return out;
}

const OwnMailbox* Identity::find_mailbox(const base::MailboxId& key) const {
    const auto at = mailboxes_.find(key);
    return at == mailboxes_.end() ? nullptr : &at->second;
}

base::Result<base::MailboxId> Identity::mailbox_named(std::string_view which) const {
    if (which == "main") {
        if (const auto mailbox = main_mailbox()) return *mailbox;
        return base::fail(base::ErrorCode::not_found, "there is no main mailbox yet");
    }
    return parse_mailbox(which);
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
std::optional<base::MailboxId> Identity::conversation_mailbox(const base::MailboxId& came_to,
                                                              const base::MailboxId& peer,
                                                              std::uint32_t persona,
                                                              base::WallTime now) const {
    std::optional<base::MailboxId> found;
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

OwnKeys Identity::keys() {
    if (!keys_) keys_ = own_keys(vault_);
    return keys_;
}

std::optional<base::MailboxKey> Identity::public_key(const base::MailboxId& mailbox) const {
    const auto at = vault_.mailboxes().find(mailbox);
    if (at == vault_.mailboxes().end()) return std::nullopt;
    return at->second.key->public_key();
}

OwnKeys own_keys(const Vault& vault) {
    std::vector<OwnKey> out;
    out.reserve(vault.mailboxes().size());
    for (const auto& [mailbox, secret] : vault.mailboxes()) out.push_back({mailbox, secret.key});
    return std::make_shared<const std::vector<OwnKey>>(std::move(out));
}

}  // namespace hearsay::market
