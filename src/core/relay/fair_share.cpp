#include "core/relay/fair_share.hpp"

#include <algorithm>

#include "base/limits/relay.hpp"

namespace hearsay::core {

namespace limits = base::limits;

bool FairShare::take(const base::ItemId& id, base::LinkId link, base::MonoTime now) {
    expire(now);
    if (places_.contains(id)) return true;
    const Source source = sources_.contains(link) ? Source(link) : Source();
    if (places_.size() >= limits::ahead_max) {
        const auto most = std::max_element(held_.begin(), held_.end(), [](const auto& a, const auto& b) {
            return a.second.size() < b.second.size();
        });
        const auto own = held_.find(source);
        const std::size_t has = own == held_.end() ? 0 : own->second.size();
        if (has + 1 >= most->second.size()) return false;
        release(base::ItemId(most->second.begin()->second));
    }
    const base::MonoTime until = now + limits::ahead_memory;
    places_[id] = {source, until};
    order_.emplace(until, id);
    held_[source].emplace(until, id);
    return true;
}

void FairShare::release(const base::ItemId& id) {
    const auto found = places_.find(id);
    if (found == places_.end()) return;
    const Place place = found->second;
    const std::pair<base::MonoTime, base::ItemId> timed{place.until, found->first};
    places_.erase(found);
    order_.erase(timed);
    const auto holds = held_.find(place.source);
    holds->second.erase(timed);
    if (holds->second.empty()) held_.erase(holds);
}

void FairShare::expire(base::MonoTime now) {
    while (!order_.empty() && order_.begin()->first <= now) release(base::ItemId(order_.begin()->second));
}

void FairShare::on_came(const base::ItemId& id) {
    release(id);
}

void FairShare::on_brought_news(base::LinkId link) {
    sources_.insert(link);
}

void FairShare::on_link_gone(base::LinkId link) {
    if (sources_.erase(link) == 0) return;
    const auto holds = held_.find(link);
    if (holds == held_.end()) return;
    Timed left = std::move(holds->second);
    held_.erase(holds);
    for (const auto& [until, id] : left) places_.at(id).source.reset();
    held_[Source()].merge(left);
}

}  // namespace hearsay::core
