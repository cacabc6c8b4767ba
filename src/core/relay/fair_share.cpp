#include "core/relay/fair_share.hpp"

#include <utility>

#include "base/ensure.hpp"
#include "base/limits/relay.hpp"

namespace hearsay::core {

namespace limits = base::limits;

bool FairShare::take(const base::ItemId& id, base::LinkId link, base::MonoTime now) {
    expire(now);
    if (places_.contains(id)) return true;
    Holder& holder = holders_[link];
    if (!holder.proven && (holder.places.size() >= limits::ahead_unproven_link_max ||
                           unproven_ >= limits::ahead_unproven_max))
        return false;
    if (places_.size() >= limits::ahead_max) {
        const Timed& most = most_held();
        if (holder.places.size() + 1 >= most.size()) return false;
        release(base::ItemId(most.begin()->second));
    }
    const Place place{link, !holder.proven, now + limits::ahead_memory};
    places_[id] = place;
    order_.emplace(place.until, id);
    holder.places.emplace(place.until, id);
    unproven_ += place.unproven ? 1 : 0;
    return true;
}

const FairShare::Timed& FairShare::most_held() const {
    const Timed* most = &gone_;
    for (const auto& [link, holder] : holders_)
        if (holder.places.size() > most->size()) most = &holder.places;
    return *most;
}

FairShare::Timed& FairShare::places_of(const Place& place) {
    return place.link ? holders_.at(*place.link).places : gone_;
}

void FairShare::release(const base::ItemId& id) {
    const auto found = places_.find(id);
    if (found == places_.end()) return;
    const std::pair<base::MonoTime, base::ItemId> timed{found->second.until, found->first};
    unproven_ -= found->second.unproven ? 1 : 0;
    places_of(found->second).erase(timed);
    order_.erase(timed);
    places_.erase(found);
}

void FairShare::expire(base::MonoTime now) {
    while (!order_.empty() && order_.begin()->first <= now)
        release(base::ItemId(order_.begin()->second));
}

void FairShare::on_came(const base::ItemId& id) {
    release(id);
}

void FairShare::on_brought_news(base::LinkId link) {
    Holder& holder = holders_[link];
    if (std::exchange(holder.proven, true)) return;
    for (const auto& [until, id] : holder.places) places_.at(id).unproven = false;
    unproven_ -= holder.places.size();
}

void FairShare::on_link_gone(base::LinkId link) {
    const auto found = holders_.find(link);
    if (found == holders_.end()) return;
    for (const auto& [until, id] : found->second.places) places_.at(id).link.reset();
    gone_.merge(found->second.places);
    holders_.erase(found);
}

void FairShare::sanity_check() const {
    std::map<base::LinkId, Timed> held;
    Timed gone, order;
    std::size_t unproven = 0;
    for (const auto& [id, place] : places_) {
        (place.link ? held[*place.link] : gone).emplace(place.until, id);
        order.emplace(place.until, id);
        unproven += place.unproven ? 1 : 0;
        const auto holder = place.link ? holders_.find(*place.link) : holders_.end();
        ENSURE(!place.link || holder != holders_.end(), "a place of a link that is not known");
        ENSURE(!place.link || place.unproven == !holder->second.proven,
               "a place of the wrong kind");
    }
    for (const auto& [link, holder] : holders_) {
        const auto counted = held.find(link);
        ENSURE(holder.places == (counted == held.end() ? Timed{} : counted->second),
               "what a link holds is noted wrongly");
        ENSURE(holder.proven || holder.places.size() <= limits::ahead_unproven_link_max,
               "a link that has brought nothing holds too much");
    }
    ENSURE(gone == gone_, "what links held that are gone is noted wrongly");
    ENSURE(order == order_, "a place's time is noted wrongly");
    ENSURE(unproven == unproven_, "places of unproven links are counted wrongly");
    ENSURE(unproven <= limits::ahead_unproven_max, "unproven links hold too much");
    ENSURE(places_.size() <= limits::ahead_max, "more is passed on ahead than there are places");
}

}  // namespace hearsay::core
