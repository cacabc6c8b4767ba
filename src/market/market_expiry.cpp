// What is over: keys are destroyed, own things marked and, later, forgotten.
#include "base/encoding.hpp"
#include "base/limits/items.hpp"
#include "market/market.hpp"
#include "market/records.hpp"

namespace hearsay::market {

void Market::on_tick(const Turn& turn) {
    keep_trade_mailboxes(turn.now);  // before advance_vault(): it destroys what is over
    renew_ratings(turn);
    advance_vault(turn.now);
    ensure_identity(turn);
    Effects later;  // the vault is saved before what depends on it
    const Turn after{turn.now, turn.store, turn.flood, later};
    expire(after);
    run_due(after);
    tick_keys(after);
    if (vault_changed_) save_vault(turn.out);
    std::move(later.begin(), later.end(), std::back_inserter(turn.out));
    wake_waiting();
    search_.look_again();
}

void Market::expire(const Turn& turn) {
    expire_things(turn);
    expire_mail(turn);
    expire_removals(turn);
    forget_unused(turn);
}

void Market::expire_things(const Turn& turn) {
    ChangeRecords records(vault_, turn.store, rng_);
    std::vector<item::ThingId> gone;
    for (auto& [thing, own] : things_) {
        // A rating stays until it is removed: it is renewed, if late (renew_ratings).
        if (own.expires + keep_expired <= turn.now && (!own.rating || own.removed)) gone.push_back(thing);
        if (own.over || own.expires > turn.now) continue;
        if (auto record = records.load<records::OwnPublication>(Table::publications, thing.view())) {
            record->set_expired(true);
            records.save(Table::publications, thing.view(), *record);
        }
        if (!own.worked) turn.out.push_back(CancelWork{own.item});
        own.over = true;
        own.pending = false;
        own_items_.erase(own.item);
        if (!own.removed && !own.rating)
            turn.out.push_back(Tell{Happening::offer_gone, base::to_hex(thing), "expired"});
    }
    for (const item::ThingId& thing : gone) {
        records.erase(Table::publications, thing.view());
        things_.erase(thing);
    }
}

void Market::forget_unused(const Turn& turn) {
    ChangeRecords records(vault_, turn.store, rng_);
    std::set<std::uint32_t> used{0};  // the main persona
    std::vector<base::MailboxKey> destroyed;
    for (const auto& [key, mailbox] : mailboxes_) {
        // A record outlives its key up to the longest life: should an older vault file be put back, the key
        // would be derived again, and fresh_mailbox() must know it.
        if (!vault_.mailboxes().contains(key) && mailbox.created + mailbox_life_max <= turn.now)
            destroyed.push_back(key);
        else if (mailbox.persona)
            used.insert(*mailbox.persona);
    }
    for (const base::MailboxKey& key : destroyed) {
        records.erase(Table::mailboxes, key.view());
        mailboxes_.erase(key);
    }
    for (const auto& [thing, own] : things_) used.insert(own.persona);
    for (const auto& [id, sent] : sent_)
        if (!sent.receipt) used.insert(sent.persona);
    for (const auto& [id, trade] : trades_) used.insert(trade.persona);
    // The newest record stays as the mark below which no index is given again (start()).
    if (const auto newest = newest_given()) used.insert(*newest);
    used.insert(kept_.begin(), kept_.end());
    std::erase_if(personas_, [&](std::uint32_t index) {
        if (used.contains(index)) return false;
        records.erase(Table::personas, base::big_endian(index));
        return true;
    });
    std::vector<base::Bytes> silent;
    records.each<records::Tickets>(Table::tickets, [&](const records::Tickets& held) {
        const auto giver = get_id<base::PublisherKey>(held.giver());
        const auto mailbox = get_id<base::MailboxKey>(held.mailbox());
        if (giver && mailbox && time_of(held.until()) <= turn.now)
            silent.push_back(tickets_key(*giver, *mailbox));
    });
    for (const base::Bytes& key : silent) records.erase(Table::tickets, key);
    forget_removed_trades(turn);
    // No relay serves a mail after its end; the grace is for our own clock being set back.
    std::erase_if(seen_, [&](const auto& entry) {
        if (entry.second + base::limits::grace > turn.now) return false;
        records.erase(Table::seen_mail, entry.first.view());
        return true;
    });
    std::erase_if(waiting_, [&](const auto& entry) {
        if (entry.second.expires > turn.now) return false;
        records.erase(Table::seen_mail, entry.first.view());
        return true;
    });
}

}  // namespace hearsay::market
