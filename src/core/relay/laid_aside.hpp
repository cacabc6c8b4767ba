// core/relay/laid_aside.hpp - what the user's lists hide, on a node whose user wants that neither
// kept nor passed on. docs/decisions/0030-lists-and-what-a-node-holds.md.
//
//   1. What is laid aside was verified: a spoiled copy of an item cannot hide the item. Its id is
//      remembered until it expires, so that no copy of it is fetched or verified again.
//   2. Of a thing the newest version counts, as in the store: the higher sequence, or of two with
//      the same the smaller id. One that is taken, kept or laid aside, ends the memory of older
//      ones. An older one than the one laid aside is not taken. If a peer brings it all the same,
//      it is verified and its id remembered like the other's: this node passes the newer one on to
//      nobody, so its peers may hold the older one for long, and would hand it over in each round.
//   3. At most laid_aside_max ids are remembered. Beyond that items are kept and passed on as if no
//      list hid them: a node that forgot would fetch the same again with each comparison.
//   4. When lists may hide less, all of it is forgotten. What they hide no more comes with the next
//      comparisons, and the rest is laid aside again.
// A node does not claim to hold what is laid aside. It leaves it out of nothing either, or peers
// would hand it over in each round: reconcile/reconcile.hpp says how it compares.
// Which items these are, is decided above the core (Verified::is_hidden): never the user's own, nor
// mail, nor what takes something back.
#pragma once

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "core/retention/shelves.hpp"
#include "item/item.hpp"

namespace hearsay::core {

class LaidAside {
public:
    // Of a verified item that lists hide. False: there is no room, so it is to be kept.
    bool add(const item::Read& item);
    // Of a verified one that supersedes() is true of. False: there is no room, and it is refused
    // without being remembered.
    bool add_older(const item::Read& item);
    void on_accepted(const item::Read& item);  // of one that is kept: older ones are forgotten
    void expire(base::WallTime now);
    void clear();

    bool contains(const base::ItemId& id) const { return ids_.contains(id); }
    // A newer version of its thing is laid aside.
    bool supersedes(const item::Read& item) const;
    std::size_t size() const { return ids_.size(); }
    std::uint64_t total() const { return total_; }  // since the start
    std::uint64_t kept() const { return kept_; }    // for want of room, since the start
    SetSummary summary(const item::Floors& floors) const { return shelves_.summary(floors); }
    std::vector<base::ItemId> ids(const item::Floors& floors) const;

    // What came to it and what left it, in order, for the sets that count it (reconcile/).
    struct Change {
        base::ItemId id;
        item::Standing standing{};
        bool added = false;
    };
    // Since the last call, or since clear(), which is no change of single ids.
    std::vector<Change> take_changes() { return std::exchange(changes_, {}); }
    void sanity_check() const;

private:
    struct Entry {
        item::Standing standing{};
        base::WallTime expires;
        item::ThingId thing{};
        std::uint64_t sequence = 0;
    };
    // Of the versions of one thing, the newest last.
    struct Age {
        std::uint64_t sequence = 0;
        base::ItemId id{};
        bool operator<(const Age& other) const {
            return sequence != other.sequence ? sequence < other.sequence : other.id < id;
        }
    };
    static Age age_of(const item::Read& item) { return {item.version.sequence, item.id}; }
    bool insert(const item::Read& item);
    void erase(const base::ItemId& id);

    std::map<base::ItemId, Entry> ids_;
    std::map<item::ThingId, std::set<Age>> things_;  // none of them empty
    std::set<std::pair<base::WallTime, base::ItemId>> expiry_;
    std::vector<Change> changes_;
    Shelves shelves_;
    std::uint64_t total_ = 0;
    std::uint64_t kept_ = 0;
};

}  // namespace hearsay::core
