#include "core/reconcile/served_sets.hpp"

#include <algorithm>

#include "base/ensure.hpp"
#include "base/limits/relay.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;

}  // namespace

// One that is still being read goes on: else a slow machine would begin for ever.
bool ServedSets::is_due(const Served& newest, base::MonoTime now) const {
    return newest.ready && (newest.set.is_worn() || newest.born + limits::set_life <= now);
}

ServedSets::Served* ServedSets::newest_of(const item::Floors& floors) {
    for (auto at = sets_.rbegin(); at != sets_.rend(); ++at)
        if (at->set.floors() == floors) return &*at;
    return nullptr;
}

bool ServedSets::is_open(const item::Floors& floors, base::MonoTime now) const {
    const bool known = std::ranges::any_of(
        sets_, [&](const Served& served) { return served.set.floors() == floors; });
    return known || sets_.empty() || odd_at_ == base::MonoTime{} ||
           odd_at_ + limits::odd_set_wait <= now;
}

std::optional<ServedSets::Ticket> ServedSets::begin(const item::Floors& floors, std::size_t symbols,
                                                    base::MonoTime now, const StoreView& view,
                                                    const LaidAside* aside, std::size_t& steps) {
    Served* same = newest_of(floors);
    if (!same && !sets_.empty()) odd_at_ = now;
    if (!same || is_due(*same, now)) {
        crypto::SipKey key;
        rng_.fill(key);
        sets_.push_back({++last_, now, false, KeyedSet(key, true, floors)});
        if (sets_.size() > limits::served_sets_max) sets_.pop_front();
        same = &sets_.back();  // total: one was added
        if (aside)
            for (const base::ItemId& id : aside->ids(floors)) same->set.add(id);
    }
    Served& newest = *same;
    if (!newest.set.work(view, symbols, steps)) return std::nullopt;
    newest.ready = true;
    return Ticket{newest.number, newest.set.version()};
}

KeyedSet* ServedSets::find(const Ticket& ticket) {
    for (Served& served : sets_)
        if (served.number == ticket.set) return &served.set;
    return nullptr;
}

void ServedSets::on_forgotten(const base::ItemId& id, const StoreView& view) {
    if (sets_.empty()) return;
    const auto position = view.position(id);
    const auto standing = view.standing(id);
    if (!position || !standing) return;
    for (Served& served : sets_) served.set.on_forgotten(id, *position, *standing);
}

void ServedSets::on_improved(const base::ItemId& id, item::Level level, const StoreView& view) {
    if (sets_.empty()) return;
    const auto position = view.position(id);
    const auto before = view.standing(id);
    if (!position || !before) return;
    for (Served& served : sets_)
        served.set.on_improved(id, *position, *before, {before->of, level});
}

void ServedSets::on_aside(const LaidAside::Change& change) {
    for (Served& served : sets_) {
        if (!item::is_above(change.standing, served.set.floors())) continue;
        if (change.added)
            served.set.add(change.id);
        else
            served.set.drop(change.id);
    }
}

void ServedSets::drop_old(base::MonoTime now) {
    while (!sets_.empty() && sets_.front().ready && sets_.front().born + limits::set_kept <= now)
        sets_.pop_front();
}

void ServedSets::sanity_check() const {
    ENSURE(sets_.size() <= limits::served_sets_max, "more sets than are kept");
    std::uint64_t before = 0;
    for (const Served& served : sets_) {
        ENSURE(before < served.number && served.number <= last_, "sets out of order");
        before = served.number;
        served.set.sanity_check();
    }
}

base::MonoTime ServedSets::next_deadline() const {
    return sets_.empty() || !sets_.front().ready ? base::never
                                                 : sets_.front().born + limits::set_kept;
}

}  // namespace hearsay::core
