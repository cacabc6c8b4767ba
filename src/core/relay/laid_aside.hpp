// core/relay/laid_aside.hpp - what the user's lists hide, on a node whose user wants that neither
// kept nor passed on. docs/decisions/0030-lists-and-what-a-node-holds.md.
//
//   1. What is laid aside was verified: a spoiled copy of an item cannot hide the item. Its id is
//      remembered until it expires, so that no copy of it is fetched or verified again.
//   2. Of a thing the newest version counts. An older one than the one laid aside is not taken, and
//      one that is taken ends the memory of older ones.
//   3. At most laid_aside_max ids are remembered. Beyond that items are kept and passed on as if no
//      list hid them: a node that forgot would fetch the same again with each comparison.
//   4. When lists change, all of it is forgotten. What they hide no more comes with the next
//      comparisons, and the rest is laid aside again.
// A node does not claim to hold what is laid aside. It leaves it out of nothing either, or peers
// would hand it over in each round: reconcile/reconcile.hpp says how it compares.
// Which items these are, is decided above the core (Verified::is_hidden): never the user's own, nor
// mail, nor what takes something back.
#pragma once

#include <map>
#include <vector>

#include "base/time.hpp"
#include "core/retention/shelves.hpp"
#include "item/item.hpp"

namespace hearsay::core {

class LaidAside {
public:
    // False: there is no room, so it is to be kept.
    bool add(const item::Read& item);
    void on_accepted(const item::Version& version);
    void expire(base::WallTime now);
    void clear();

    bool contains(const base::ItemId& id) const { return ids_.contains(id); }
    // This version of a thing, or a newer one.
    bool supersedes(const item::Version& version) const;
    std::size_t size() const { return ids_.size(); }
    std::uint64_t total() const { return total_; }  // since the start
    std::uint64_t kept() const { return kept_; }    // for want of room, since the start
    base::WallTime next_expiry() const;             // the largest: nothing is laid aside
    SetSummary summary(const item::Floors& floors) const { return shelves_.summary(floors); }
    std::vector<base::ItemId> ids(const item::Floors& floors) const;
    void sanity_check() const;

private:
    struct Entry {
        item::Standing standing{};
        base::WallTime expires;
        item::ThingId thing{};
        std::uint64_t sequence = 0;
    };
    using Ids = std::map<base::ItemId, Entry>;
    void erase(Ids::iterator at);

    Ids ids_;
    std::map<item::ThingId, base::ItemId> things_;
    std::multimap<base::WallTime, base::ItemId> expiry_;
    Shelves shelves_;
    std::uint64_t total_ = 0;
    std::uint64_t kept_ = 0;
};

}  // namespace hearsay::core
