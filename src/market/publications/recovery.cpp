// What was published, and is not known here: after a recovery.
#include <algorithm>

#include "base/encoding.hpp"
#include "base/limits/items.hpp"
#include "market.pb.h"
#include "market/publications/publications.hpp"

namespace hearsay::market {

void Publications::begin_recovery(const Turn& turn) {
    const auto recovered = vault_.recovered();
    if (!recovered || *recovered + mailbox_life_max <= turn.now) return;
    std::vector<PersonaMark> known{mark_of(publisher_of(vault_.persona_seed(0)), 0)};
    for (const auto& [index, seed] : vault_.imported())
        known.push_back(mark_of(publisher_of(seed), index));
    std::vector<item::Kind> kinds;
    for (const PublicationKind* kind : kinds_) kinds.push_back(kind->kind());
    scan_.emplace(Vault::persona_floor(*recovered) + 2 * personas_ahead, std::move(known), kinds);
    turn.out.push_back(ListPersonas{vault_.persona_root(), scan_->next(), scan_->chunk()});
}

void Publications::look_again() {
    if (scan_) scan_->look_again();
}

void Publications::on_personas_listed(std::uint32_t from, const std::vector<PersonaMark>& marks,
                                      const Turn& turn) {
    if (scan_ && scan_->add(from, marks) && scan_->chunk() > 0)
        turn.out.push_back(ListPersonas{vault_.persona_root(), scan_->next(), scan_->chunk()});
}

void Publications::find_own(const Turn& turn) {
    if (!wants_recovery()) return;
    std::vector<item::ReadPtr> found;
    for (PersonaScan::Walk& walk : scan_->walks()) {
        if (!std::exchange(walk.more, false)) continue;
        std::size_t looked = 0;
        turn.flood.of_kind_since(walk.kind, walk.walked,
                                 [&](core::Position position, const item::ReadPtr& read) {
                                     walk.more = looked++ == PersonaScan::walk_max;
                                     if (walk.more) return false;
                                     walk.walked = position;
                                     if (read) found.push_back(read);
                                     return true;
                                 });
    }
    for (const item::ReadPtr& read : found) take_found(read, turn);
    if (vault_changed_) save_vault(turn.out);
}

std::optional<std::uint32_t> Publications::own_index_of(const base::PublisherKey& publisher) const {
    for (const std::uint32_t index : scan_->candidates(publisher))
        if (publisher_of(vault_.persona_seed(index)) == publisher) return index;
    return std::nullopt;
}

// A thing of ours that we know in an older version or not at all.
void Publications::take_found(const item::ReadPtr& read, const Turn& turn) {
    ChangeRecords records = change(turn);
    const item::Publication* claim = read->header.publication();
    if (!claim || read->header.expires <= turn.now) return;
    PublicationKind* const kind = of_kind(read->header.kind);
    if (!kind) return;
    const item::ThingId thing = item::thing_of(*claim);
    const std::string purpose = std::string(kind->word()) + " " + base::to_hex(thing);
    auto record = records.load<records::OwnPublication>(Table::publications, thing.view());
    if (record ? record->sequence() >= claim->sequence : claim->removed) return;
    if (!record) {
        const auto index = own_index_of(claim->publisher);
        if (!index) return;
        record.emplace();
        set_id(record->mutable_id(), thing);
        set_id(record->mutable_slot(), claim->slot);
        set_id(record->mutable_publisher(), claim->publisher);
        record->set_persona(*index);
        identity_.take_found_persona(*index, claim->publisher, purpose, read->header.created, turn);
    }
    record->set_kind(read->header.kind);
    if (!claim->removed) kind->take_found(*record, *read, turn);
    set_item(record->mutable_item(), read->item);
    record->set_worked(true);
    record->set_out(true);
    record->set_injected(1);
    record->set_heard(1);  // by us: it came back from the network
    record->set_expired(false);
    record->set_removed(claim->removed);
    record->set_created(seconds_of(read->header.created));
    record->set_expires(seconds_of(read->header.expires));
    record->set_sequence(claim->sequence);
    if (record->renew_at() != 0)  // of a backup: when this version ends, not that one
        record->set_renew_at(renewal_time(turn.now, read->header.expires - read->header.created,
                                          read->header.expires));
    if (claim->mailbox) take_mailbox(*claim->mailbox, *read, *record, purpose, turn);
    records.save(Table::publications, thing.view(), *record);
    note(thing, *record);
}

void Publications::take_mailbox(const base::MailboxId& key, const item::Read& read,
                                records::OwnPublication& record, const std::string& purpose,
                                const Turn& turn) {
    set_id(record.mutable_mailbox(), key);
    if (!vault_.mailboxes().contains(key)) return;
    vault_.extend_mailbox(key,
                          read.header.expires + base::limits::lifetime_max + base::limits::grace);
    vault_changed_ = true;
    if (identity_.find_mailbox(key)) return;
    OwnMailbox mailbox = identity_.mailbox_of(key);
    mailbox.persona = record.persona();
    mailbox.purpose = purpose;
    mailbox.rule.stamp_bits = of_kind(record.kind())->stamp_bits(record);
    identity_.save_mailbox(key, mailbox, turn);
}

}  // namespace hearsay::market
