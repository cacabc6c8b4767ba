#include "core/relay/fair_share.hpp"

#include "base/limits/relay.hpp"

namespace hearsay::core {

namespace limits = base::limits;

bool FairShare::take(const base::ItemId& id, base::LinkId link, base::MonoTime now) {
    expire(now);
    if (places_.contains(id)) return true;
    const Source source = sources_.contains(link) ? Source(link) : Source();
    const auto holds = held_.find(source);
    const std::size_t held = holds == held_.end() ? 0 : holds->second;
    const std::size_t free = limits::ahead_max - places_.size();
    if (held >= limits::ahead_share * free) return false;
    const base::MonoTime until = now + limits::ahead_memory;
    places_[id] = {source, until};
    order_.emplace(until, id);
    ++held_[source];
    return true;
}

void FairShare::release(std::map<base::ItemId, Place>::iterator at) {
    const auto holds = held_.find(at->second.source);
    if (--holds->second == 0) held_.erase(holds);
    order_.erase({at->second.until, at->first});
    places_.erase(at);
}

void FairShare::expire(base::MonoTime now) {
    while (!order_.empty() && order_.begin()->first <= now) release(places_.find(order_.begin()->second));
}

void FairShare::on_came(const base::ItemId& id) {
    if (const auto found = places_.find(id); found != places_.end()) release(found);
}

void FairShare::on_brought_news(base::LinkId link) {
    sources_.insert(link);
}

void FairShare::on_link_gone(base::LinkId link) {
    if (sources_.erase(link) == 0) return;
    const auto holds = held_.find(link);
    if (holds == held_.end()) return;
    held_[Source()] += holds->second;
    held_.erase(link);
    for (auto& [id, place] : places_)
        if (place.source == link) place.source.reset();
}

}  // namespace hearsay::core
