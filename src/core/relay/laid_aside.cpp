#include "core/relay/laid_aside.hpp"

#include <limits>

#include "base/ensure.hpp"
#include "base/limits/relay.hpp"
#include "item/standing.hpp"

namespace hearsay::core {

bool LaidAside::add(const item::Read& item) {
    on_accepted(item.version);
    if (ids_.contains(item.id)) return true;
    if (ids_.size() >= base::limits::laid_aside_max) {
        ++kept_;
        return false;
    }
    const Entry entry{item::standing_of(item), item.header.expires, item.version.thing,
                      item.version.sequence};
    ids_.emplace(item.id, entry);
    things_[entry.thing] = item.id;
    expiry_.emplace(entry.expires, item.id);
    shelves_.add(entry.standing, pile_visitors, item.id, 0);
    ++total_;
    return true;
}

// The older version of the same thing, if there is one.
void LaidAside::on_accepted(const item::Version& version) {
    const auto thing = things_.find(version.thing);
    if (thing == things_.end()) return;
    const auto at = ids_.find(thing->second);
    if (at->second.sequence < version.sequence) erase(at);
}

bool LaidAside::supersedes(const item::Version& version) const {
    const auto thing = things_.find(version.thing);
    return thing != things_.end() && ids_.at(thing->second).sequence >= version.sequence;
}

void LaidAside::expire(base::WallTime now) {
    while (!expiry_.empty() && expiry_.begin()->first <= now)
        erase(ids_.find(expiry_.begin()->second));
}

void LaidAside::erase(Ids::iterator at) {
    const auto& [id, entry] = *at;
    shelves_.remove(entry.standing, pile_visitors, id, 0);
    const auto [from, end] = expiry_.equal_range(entry.expires);
    for (auto each = from; each != end; ++each) {
        if (each->second != id) continue;
        expiry_.erase(each);
        break;
    }
    things_.erase(entry.thing);
    ids_.erase(at);
}

void LaidAside::clear() {
    ids_.clear();
    things_.clear();
    expiry_.clear();
    shelves_ = {};
}

base::WallTime LaidAside::next_expiry() const {
    return expiry_.empty() ? base::WallTime::max() : expiry_.begin()->first;
}

std::vector<base::ItemId> LaidAside::ids(const item::Floors& floors) const {
    std::vector<base::ItemId> out;
    for (const auto& [id, entry] : ids_)
        if (item::is_above(entry.standing, floors)) out.push_back(id);
    return out;
}

void LaidAside::sanity_check() const {
    ENSURE(ids_.size() <= base::limits::laid_aside_max, "more is laid aside than may be");
    ENSURE(things_.size() == ids_.size() && expiry_.size() == ids_.size(),
           "what is laid aside is listed wrongly");
    for (const auto& [thing, id] : things_) {
        const auto at = ids_.find(id);
        ENSURE(at != ids_.end() && at->second.thing == thing, "a thing without its version");
    }
    shelves_.sanity_check();
    ENSURE(shelves_.summary().count() == ids_.size(), "what is laid aside is summed up wrongly");
}

}  // namespace hearsay::core
