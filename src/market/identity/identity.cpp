// What there is at a start, and what goes when nothing needs it.
#include "market/identity/identity.hpp"

#include "base/encoding.hpp"
#include "market.pb.h"

namespace hearsay::market {

bool Identity::load(const OwnStore& store) {
    const Records records = look(store);
    bool sound =
        records.each<records::Persona>(Table::personas, [&](const records::Persona& record) {
            personas_.insert(record.index());
            if (record.kept()) kept_.insert(record.index());
        });
    sound &= records.each<records::Mailbox>(Table::mailboxes, [&](const records::Mailbox& record) {
        const auto key = get_id<base::MailboxId>(record.key());
        if (!key) return;
        OwnMailbox& entry = mailboxes_[*key];
        if (record.has_persona()) entry.persona = record.persona();
        entry.peer = get_id<base::MailboxId>(record.peer());
        entry.main = record.main();
        entry.created = time_of(record.created());
        entry.purpose = record.purpose();
        entry.rule = {static_cast<SenderRule>(record.rule()), record.stamp_bits(),
                      record.strangers_max()};
        entry.refused = record.refused();
        entry.next_ticket = record.next_ticket();
        entry.open_tickets.assign(record.open_tickets().begin(), record.open_tickets().end());
    });
    return sound;
}

void Identity::reserve_given() {
    if (const auto newest = newest_given()) vault_.reserve_personas(*newest + 1);
    if (!personas_.empty() && Vault::is_imported(*personas_.rbegin()))
        vault_.reserve_imported(*personas_.rbegin() + 1);
}

// The persona and the mailbox to give to anybody. The mailbox is replaced from time to time: an
// address that was passed on stays good for a while, its key does not stay for ever.
void Identity::ensure(const Turn& turn) {
    ChangeRecords records = change(turn);
    constexpr std::uint32_t main_persona = 0;  // the same after a recovery
    if (!personas_.contains(main_persona)) {
        vault_.reserve_personas(main_persona + 1);
        records::Persona record;
        set_id(record.mutable_key(), publisher_of(vault_.persona_seed(main_persona)));
        record.set_purpose("main");
        record.set_created(seconds_of(turn.now));
        record.set_index(main_persona);
        records.save(Table::personas, base::big_endian(main_persona), record);
        personas_.insert(main_persona);
        vault_changed_ = true;
    }
    const bool has_main = std::any_of(mailboxes_.begin(), mailboxes_.end(), [&](const auto& entry) {
        const auto secret = vault_.mailboxes().find(entry.first);
        return entry.second.main && secret != vault_.mailboxes().end() &&
               secret->second.created + main_mailbox_max > turn.now;
    });
    if (!has_main && !mailbox_problem())
        save_mailbox(fresh_mailbox(turn.now, turn.now + mailbox_life_max),
                     {main_persona, std::nullopt, true, turn.now, "main"}, turn);
}

void Identity::advance_vault(base::WallTime now) {
    if (!vault_.advance(now)) return;
    vault_changed_ = true;
    keys_ = nullptr;
}

void Identity::forget_unused(std::set<std::uint32_t> used, const Turn& turn) {
    ChangeRecords records = change(turn);
    used.insert(0);  // the main persona
    std::vector<base::MailboxId> destroyed;
    for (const auto& [key, mailbox] : mailboxes_) {
        // A record outlives its key up to the longest life: should an older vault file be put back,
        // the key would be derived again, and fresh_mailbox() must know it.
        if (!vault_.mailboxes().contains(key) && mailbox.created + mailbox_life_max <= turn.now)
            destroyed.push_back(key);
        else if (mailbox.persona)
            used.insert(*mailbox.persona);
    }
    for (const base::MailboxId& key : destroyed) {
        records.erase(Table::mailboxes, key.view());
        mailboxes_.erase(key);
    }
    // The newest record stays as the mark below which no index is given again (reserve_given()).
    if (const auto newest = newest_given()) used.insert(*newest);
    used.insert(kept_.begin(), kept_.end());
    std::erase_if(personas_, [&](std::uint32_t index) {
        if (used.contains(index)) return false;
        records.erase(Table::personas, base::big_endian(index));
        return true;
    });
}

bool Identity::drop_unused_imported() {
    std::vector<std::uint32_t> unused;
    for (const auto& [index, seed] : vault_.imported())
        if (!personas_.contains(index)) unused.push_back(index);
    for (const std::uint32_t index : unused) vault_.drop_imported(index);
    return !unused.empty();
}

}  // namespace hearsay::market
