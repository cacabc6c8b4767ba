#include "core/relay/laid_aside.hpp"

#include "base/ensure.hpp"
#include "base/limits/relay.hpp"
#include "item/standing.hpp"

namespace hearsay::core {

bool LaidAside::add(const item::Read& item) {
    on_accepted(item);
    if (insert(item)) return true;
    ++kept_;
    return false;
}

bool LaidAside::add_older(const item::Read& item) {
    return insert(item);
}

bool LaidAside::insert(const item::Read& item) {
    if (ids_.contains(item.id)) return true;
    if (ids_.size() >= base::limits::laid_aside_max) return false;
    const Entry entry{item::standing_of(item), item.header.expires, item.version.thing,
                      item.version.sequence};
    ids_.emplace(item.id, entry);
    things_[entry.thing].insert(age_of(item));
    expiry_.emplace(entry.expires, item.id);
    shelves_.add(entry.standing, pile_visitors, item.id, 0);
    changes_.push_back({item.id, entry.standing, true});
    ++total_;
    return true;
}

void LaidAside::on_accepted(const item::Read& item) {
    std::vector<base::ItemId> older;
    if (const auto thing = things_.find(item.version.thing); thing != things_.end())
        for (const Age& each : thing->second)
            if (each < age_of(item)) older.push_back(each.id);
    for (const base::ItemId& id : older) erase(id);
}

bool LaidAside::supersedes(const item::Read& item) const {
    const auto thing = things_.find(item.version.thing);
    // total: no thing is without a version
    return thing != things_.end() && age_of(item) < *thing->second.rbegin();
}

void LaidAside::expire(base::WallTime now) {
    while (!expiry_.empty() && expiry_.begin()->first <= now)
        erase(base::ItemId(expiry_.begin()->second));
}

void LaidAside::erase(const base::ItemId& id) {
    const auto at = ids_.find(id);
    const Entry entry = at->second;
    shelves_.remove(entry.standing, pile_visitors, id, 0);
    expiry_.erase({entry.expires, id});
    const auto thing = things_.find(entry.thing);
    thing->second.erase({entry.sequence, id});
    if (thing->second.empty()) things_.erase(thing);
    changes_.push_back({id, entry.standing, false});
    ids_.erase(at);
}

void LaidAside::clear() {
    ids_.clear();
    things_.clear();
    expiry_.clear();
    shelves_ = {};
    changes_.clear();
}

std::vector<base::ItemId> LaidAside::ids(const item::Floors& floors) const {
    std::vector<base::ItemId> out;
    for (const auto& [id, entry] : ids_)
        if (item::is_above(entry.standing, floors)) out.push_back(id);
    return out;
}

void LaidAside::sanity_check() const {
    ENSURE(ids_.size() <= base::limits::laid_aside_max, "more is laid aside than may be");
    ENSURE(expiry_.size() == ids_.size(), "what is laid aside expires wrongly");
    std::size_t versions = 0;
    for (const auto& [thing, ages] : things_) {
        ENSURE(!ages.empty(), "a thing without a version");
        versions += ages.size();
        for (const Age& age : ages) {
            const auto at = ids_.find(age.id);
            ENSURE(at != ids_.end() && at->second.thing == thing &&
                       at->second.sequence == age.sequence &&
                       expiry_.contains({at->second.expires, age.id}),
                   "a version that is not laid aside");
        }
    }
    ENSURE(versions == ids_.size(), "what is laid aside is listed wrongly");
    shelves_.sanity_check();
    ENSURE(shelves_.summary().count() == ids_.size(), "what is laid aside is summed up wrongly");
}

}  // namespace hearsay::core
