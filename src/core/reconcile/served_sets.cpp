#include "core/reconcile/served_sets.hpp"

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

std::optional<ServedSets::Ticket> ServedSets::begin(std::size_t symbols, base::MonoTime now,
                                                    const StoreView& view, std::size_t& steps) {
    if (sets_.empty() || is_due(sets_.back(), now)) {
        crypto::SipKey key;
        rng_.fill(key);
        sets_.push_back({++last_, now, false, KeyedSet(key, true)});
        if (sets_.size() > limits::served_sets_max) sets_.pop_front();
    }
    Served& newest = sets_.back();
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
    if (!position) return;
    for (Served& served : sets_) served.set.on_forgotten(id, *position);
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
