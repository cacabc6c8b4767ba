#include "market/publications/publications.hpp"

#include <algorithm>
#include <bit>

#include "base/limits/items.hpp"
#include "base/limits/trades.hpp"
#include "item/kinds/picture.hpp"
#include "item/make.hpp"
#include "market.pb.h"

namespace hearsay::market {

bool Publications::load(const OwnStore& store) {
    bool known = true;
    const bool sound = look(store).each<records::OwnPublication>(
        Table::publications, [&](const records::OwnPublication& record) {
            const auto id = get_id<item::ThingId>(record.id());
            known = known && of_kind(record.kind());
            if (id && known) note(*id, record);
        });
    return sound && known;
}

bool Publications::resume(const Turn& turn) {
    const Records records = look(turn.store);
    bool sound = true;
    for (const auto& [thing, own] : all_) {
        if (own.over || own.expires <= turn.now) continue;
        const auto record =
            records.load<records::OwnPublication>(Table::publications, thing.view());
        if (record && record->has_item())
            sound &= resume_item(record->item(), own.worked, own.spread.injected, turn.out);
    }
    return sound;
}

const Publications::Own* Publications::find(const item::ThingId& thing) const {
    const auto at = all_.find(thing);
    return at == all_.end() ? nullptr : &at->second;
}

const Publications::Own* Publications::find(const item::ThingId& thing,
                                            const PublicationKind& kind) const {
    const Own* const own = find(thing);
    return own && own->kind == &kind ? own : nullptr;
}

std::size_t Publications::pending() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(all_, [](const auto& each) { return each.second.pending; }));
}

std::size_t Publications::alive(const PublicationKind& kind) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        all_, [&](const auto& each) { return each.second.kind == &kind && !each.second.over; }));
}

std::size_t Publications::shown_by(std::uint32_t persona) const {
    return static_cast<std::size_t>(std::ranges::count_if(all_, [&](const auto& each) {
        return each.second.persona == persona && !each.second.over && !each.second.removed;
    }));
}

std::set<std::uint32_t> Publications::personas() const {
    std::set<std::uint32_t> out;
    for (const auto& [thing, own] : all_) out.insert(own.persona);
    return out;
}

std::map<item::ThingId, base::WallTime> Publications::needed_pictures(
    std::optional<base::WallTime> now) const {
    std::map<item::ThingId, base::WallTime> out;
    for (const auto& [thing, own] : all_) {
        if (now ? own.expires <= *now : own.over && !own.is_lasting()) continue;
        for (const item::ThingId& picture : own.pictures) {
            base::WallTime& until = out[picture];
            until = std::max(until, own.expires);
        }
    }
    return out;
}

void Publications::note(const item::ThingId& thing, const records::OwnPublication& record) {
    Own own;
    if (record.has_item())
        own.item = item::id_of(base::as_bytes(record.item().header()),
                               base::as_bytes(record.item().signature()));
    own.expires = time_of(record.expires());
    own.worked = record.worked();
    own.spread = {record.injected(), record.heard()};
    own.pending = record.has_item() && own.spread.heard == 0 && !record.expired();
    own.over = record.expired();
    own.removed = record.removed();
    own.persona = record.persona();
    own.mailbox = get_id<base::MailboxId>(record.mailbox()).value_or(base::MailboxId{});
    own.kind = of_kind(record.kind());
    own.renew_at = time_of(record.renew_at());
    own.warned = record.warned();
    if (const auto publisher = get_id<base::PublisherKey>(record.publisher());
        publisher && !own.removed)
        for (const base::Digest& hash : own.kind->pictures(record))
            own.pictures.push_back(item::picture_thing(*publisher, hash));
    if (const auto old = all_.find(thing); old != all_.end()) items_.drop(old->second.item);
    if (record.has_item() && !own.over) items_.add(own.item, thing);
    all_[thing] = own;
    own.kind->note(thing, record);
}

PublicationKind* Publications::of_kind(item::Kind kind) const {
    const auto at = std::ranges::find(kinds_, kind, &PublicationKind::kind);
    return at == kinds_.end() ? nullptr : *at;
}

void Publications::renew(const Turn& turn) {
    if (!scan_) settle_with_flood(turn);
    for (PublicationKind* const kind : kinds_) kind->renew(turn);
    renew_wanted(turn);
}

void Publications::on_stored(const item::Read& item, const Turn& turn) const {
    if (!item.header.publication()) return;
    if (PublicationKind* const kind = of_kind(item.header.kind)) kind->on_stored(item, turn);
}

PublicationState Publications::state_of(const item::ThingId& thing,
                                        const records::OwnPublication& record) const {
    const Spread& spread = all_.at(thing).spread;
    return record.removed()    ? PublicationState::removed
           : record.expired()  ? PublicationState::expired
           : !record.worked()  ? PublicationState::working
           : spread.heard != 0 ? PublicationState::published
           : spread.injected   ? PublicationState::injected
                               : PublicationState::queued;
}

// A new version of an own thing: its work is still to be found.
void Publications::set_version(records::OwnPublication& record, const item::Read& item) {
    set_item(record.mutable_item(), item.item);
    record.set_worked(false);
    record.set_injected(0);
    record.set_heard(0);
    record.set_created(seconds_of(item.header.created));
    record.set_expires(seconds_of(item.header.expires));
    record.set_sequence(item.header.publication()->sequence);
    record.set_warned(false);
}

void Publications::cancel_work(const item::ThingId& thing, const Turn& turn) {
    if (const Own* const own = find(thing); own && !own->worked && !own->over)
        turn.out.push_back(CancelWork{own->item});
}

void Publications::make_removal(records::OwnPublication& record, const Turn& turn) {
    item::Publication claim = next_claim(record);
    claim.removed = true;
    const item::ReadPtr made = read_own(
        item::make_publication({network_, record.kind(), turn.now, base::limits::lifetime_max},
                               claim, {}, vault_.persona_seed(record.persona())));
    set_version(record, *made);
    turn.out.push_back(work_for(*made));
}

// An own publication of any kind.
void Publications::remove(const item::ThingId& thing, records::OwnPublication& record,
                          const Turn& turn) {
    ChangeRecords records = change(turn);
    if (!record.worked()) turn.out.push_back(CancelWork{all_.at(thing).item});
    record.set_removed(true);
    if (record.out()) {
        make_removal(record, turn);
    } else {
        // Nobody ever saw it: a removal would only tell that there was something.
        record.clear_item();
    }
    records.save(Table::publications, thing.view(), record);
    note(thing, record);
}

std::vector<item::ThingId> Publications::due(const PublicationKind& kind,
                                             base::WallTime now) const {
    if (is_settling(now)) return {};
    std::vector<item::ThingId> out;
    for (const auto& [thing, own] : all_)
        if (own.kind == &kind && !own.removed && own.expires < now + base::limits::rating_renewal)
            out.push_back(thing);
    return out;
}

void Publications::expire(const Turn& turn) {
    ChangeRecords records = change(turn);
    std::vector<item::ThingId> gone;
    for (auto& [thing, own] : all_) {
        // What is renewed stays until it is removed, even if it is renewed late.
        if (own.expires + keep_expired <= turn.now && !own.is_lasting() &&
            !own.kind->is_needed(thing))
            gone.push_back(thing);
        if (own.over || own.expires > turn.now) continue;
        if (auto record =
                records.load<records::OwnPublication>(Table::publications, thing.view())) {
            record->set_expired(true);
            records.save(Table::publications, thing.view(), *record);
        }
        if (!own.worked) turn.out.push_back(CancelWork{own.item});
        own.over = true;
        own.pending = false;
        items_.drop(own.item);
        if (!own.removed) own.kind->on_expired(thing, turn);
    }
    for (const item::ThingId& thing : gone) {
        records.erase(Table::publications, thing.view());
        all_.at(thing).kind->forget(thing);
        all_.erase(thing);
    }
}

void Publications::on_work_found(const base::ItemId& item, std::uint64_t nonce, const Turn& turn) {
    const auto thing = items_.find(item);
    if (!thing) return;
    ChangeRecords records = change(turn);
    auto record = records.load<records::OwnPublication>(Table::publications, thing->view());
    if (!record || time_of(record->expires()) <= turn.now || record->worked()) return;
    record->mutable_item()->set_nonce(nonce);
    const item::ReadPtr made = read_own(get_item(record->item()));
    if (is_too_cheap(*made))
        return turn.out.push_back(work_for(*made));  // the price rose meanwhile
    record->set_worked(true);
    turn.out.push_back(Submit{made});
    record->set_out(true);
    records.save(Table::publications, thing->view(), *record);
    note(*thing, *record);
}

void Publications::on_injected(const base::ItemId& item, std::uint32_t times, const Turn& turn) {
    const auto thing = items_.find(item);
    if (!thing) return;
    Spread spread = all_.at(*thing).spread;
    spread.injected = std::max(spread.injected, times);
    set_spread(*thing, spread, true, turn);
}

void Publications::on_heard(const base::ItemId& item, std::size_t peers, const Turn& turn) {
    const auto thing = items_.find(item);
    if (!thing) return;
    Spread spread = all_.at(*thing).spread;
    const std::uint32_t before = spread.heard;
    if (peers <= before) return;  // after a new start the core counts anew
    spread.heard = static_cast<std::uint32_t>(peers);
    set_spread(*thing, spread, std::has_single_bit(spread.heard) || before == 0, turn);
}

void Publications::on_too_cheap(const base::ItemId& item, bool lost, const Turn& turn) {
    const auto thing = items_.find(item);
    if (!thing) return;
    const Own& own = all_.at(*thing);
    if (!own.worked || own.over || (!lost && !own.pending)) return;
    ChangeRecords records = change(turn);
    auto record = records.load<records::OwnPublication>(Table::publications, thing->view());
    if (!record || !record->has_item()) return;
    const item::ReadPtr made = read_own(get_item(record->item()));
    if (!is_too_cheap(*made)) return;
    record->set_worked(false);
    record->set_injected(0);
    record->set_heard(0);
    records.save(Table::publications, thing->view(), *record);
    note(*thing, *record);
    turn.out.push_back(work_for(*made));
}

void Publications::on_cheaper(const base::ItemId& item, const Turn& turn) {
    const auto thing = items_.find(item);
    if (!thing || all_.at(*thing).worked || all_.at(*thing).over) return;
    const auto record =
        look(turn.store).load<records::OwnPublication>(Table::publications, thing->view());
    if (!record || !record->has_item()) return;
    const item::ReadPtr made = read_own(get_item(record->item()));
    find_work_anew(*made, turn.out);
}

void Publications::set_spread(const item::ThingId& thing, const Spread& spread, bool durable,
                              const Turn& turn) {
    Own& own = all_.at(thing);
    own.spread = spread;
    own.pending = own.pending && spread.heard == 0;
    if (!durable) return;
    ChangeRecords records = change(turn);
    auto record = records.load<records::OwnPublication>(Table::publications, thing.view());
    if (!record) return;
    record->set_injected(spread.injected);
    record->set_heard(spread.heard);
    records.save(Table::publications, thing.view(), *record);
}

}  // namespace hearsay::market
