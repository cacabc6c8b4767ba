// Own records beside what floods (rule 7): what this node knows of its things may be older than
// what the network has, or dated ahead of it.
#include <algorithm>

#include "base/limits/items.hpp"
#include "market.pb.h"
#include "market/publications/publications.hpp"

namespace hearsay::market {

namespace limits = base::limits;

void Publications::settle_with_flood(const Turn& turn) {
    std::vector<std::pair<item::ThingId, core::SlotState>> others;
    std::vector<item::ThingId> ahead;
    for (const auto& [thing, own] : all_) {
        if (own.over) continue;
        if (own.pending) ahead.push_back(thing);
        turn.flood.things(thing, [&](const item::ThingId& found, const core::SlotState& slot) {
            if (found == thing && slot.id != own.item) others.emplace_back(thing, slot);
            return false;
        });
    }
    for (const auto& [thing, slot] : others) settle(thing, slot, turn);
    for (const item::ThingId& thing : ahead) {
        auto record = this->record(thing, turn.store);
        if (record && record->has_item() &&
            time_of(record->created()) > turn.now + limits::created_step)
            make_anew(thing, *record, turn);
    }
}

void Publications::settle(const item::ThingId& thing, const core::SlotState& slot,
                          const Turn& turn) {
    auto record = this->record(thing, turn.store);
    if (!record || slot.sequence < record->sequence()) return;
    if (slot.sequence == record->sequence()) {
        if (slot.id < all_.at(thing).item && record->has_item())  // total: it is one of ours
            make_anew(thing, *record, turn);
        return;
    }
    cancel_work(thing, turn);
    if (const item::ReadPtr read = turn.flood.get(slot.id)) return take_found(read, turn);
    if (!slot.removed || record->removed()) return;
    record->set_removed(true);
    record->clear_item();
    record->set_sequence(slot.sequence);
    change(turn).save(Table::publications, thing.view(), *record);
    note(thing, *record);
}

void Publications::make_anew(const item::ThingId& thing, records::OwnPublication& record,
                             const Turn& turn) {
    if (record.removed()) {
        cancel_work(thing, turn);
        make_removal(record, turn);
        change(turn).save(Table::publications, thing.view(), record);
        return note(thing, record);
    }
    item::Publication claim = next_claim(record);
    claim.mailbox = get_id<base::MailboxId>(record.mailbox());
    const base::Seconds lifetime = std::clamp(time_of(record.expires()) - time_of(record.created()),
                                              limits::created_step, limits::lifetime_max);
    const base::Bytes payload = base::to_bytes(record.item().payload());
    publish(*all_.at(thing).kind, claim, lifetime, payload, record, turn);  // total: one of ours
}

}  // namespace hearsay::market
