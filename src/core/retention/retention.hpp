// core/retention/retention.hpp - what stays in the store and what leaves it.
// docs/protocol.md, "Floors"; docs/decisions/0021-when-there-is-not-room-for-all.md.
//
// Everything alive is kept, as long as there is room for it. Nobody else decides what this node
// keeps when there is not, and nodes that decide by the same rules keep nearly the same:
//   1. What has expired leaves, and the memory of gone ids and slots when its time is over. Every
//      sweep_interval, at most sweep_items_max at once; if there was more, again at once, so that a
//      step stays short when thousands expire together. Nothing expired is served meanwhile: every
//      answer looks at the date itself.
//   2. The store has a budget of bytes. An item counts by its size and what usual ones take beside
//      it (stored_bytes()); what the store takes beyond that makes the budget smaller. Each class
//      (item/standing.hpp) has a share of it. A class takes more while others leave it, and gives
//      that back when they want it. The budget may change at any time, as the disk fills or is
//      freed. What is too much then goes as by rule 4, sweep_items_max at a time. Incumbents stay
//      even then: they end by themselves.
//   3. Incumbents: what comes while half of its class's share is not taken by incumbents stays
//      until it expires. So what was published before a flood survives it, and nobody who comes
//      later can buy it away.
//   4. The rest of the budget is a reservoir. When a new item does not fit, pictures make room if
//      they are beyond their share, else the class that is furthest beyond its own. Of its items
//      that are no incumbents go those of the lowest level; among these, of the link that brought
//      the most (visitors count as one link); among these, the first by a keyed hash: nobody can
//      aim at an item, nor make one that stays.
//   5. An item never drives out one of its own class and of its own level or a higher one.
//   6. The floor of a class rises above the level that went, or was refused. It falls by one level
//      each floor_wait while there is room (floor_room) or the class takes less than its share.
//      What is below it is not taken: neither verified, asked for, nor passed on. It rises as well
//      above what cannot be brought in because the user bounds the download (hold_up()).
//   7. What replaces at least as many bytes as it takes is taken, whatever its level: removing and
//      changing must not become dear.
//   8. Who wants no pictures takes none: the floor of their class is the highest, for good, and
//      peers leave them out as all that is below a floor. What is here already ends by itself.
// Own items have no privilege here: an item that all others refuse and one node keeps would tell
// whose it is. Their maker's own store has them anyway, and gives them more work (market).
// No memory of what went is needed: it is below the floor for as long as there is no room for it.
// Complexity: of an eviction, the number of piles, at most 255, and the store's work for one item.
#pragma once

#include <unordered_set>

#include "base/limits/retention.hpp"
#include "core/effects.hpp"
#include "core/retention/victims.hpp"

namespace hearsay::core {

// What an item takes the place of: its older version, or the mail that it removes.
struct Replaced {
    std::vector<base::ItemId> ids;
    std::uint64_t bytes = 0;  // as stored_bytes() says
};

struct Place {
    item::Level level = 0;
    Pile pile = pile_incumbents;
};

class Retention {
public:
    explicit Retention(std::uint64_t budget_bytes = base::limits::store_budget_default,
                       bool takes_pictures = true);

    // Whether it is worth being verified. `freed`: by what it replaces.
    bool is_welcome(const item::Standing& standing, std::size_t item_size,
                    std::uint64_t freed) const;
    // Where the item is to stand; nothing: it is below the floor, now at the latest. Whatever makes
    // room for it is forgotten by effects. `from`: the pile of the link that brought it.
    std::optional<Place> admit(const item::Read& item, Pile from, const Replaced& replaced,
                               const StoreView& view, base::Now now, Effects& out);

    // Things that stand like this cannot be brought in as fast as they come (relay/relay.hpp): the
    // floor of their class rises above them, as if there were no room.
    void hold_up(const item::Standing& late, base::Now now) { raise(late.of, late.level, now); }

    // From now on. What is held beyond it leaves with the next timers.
    void set_budget(std::uint64_t bytes);

    // Rule 8.
    bool is_closed(item::StoreClass of) const {
        return of == item::StoreClass::pictures && !takes_pictures_;
    }
    bool has_floors() const { return floors_ != item::Floors{}; }
    const item::Floors& floors() const { return floors_; }
    std::uint64_t budget_bytes() const { return budget_; }
    std::uint64_t share(item::StoreClass of) const;  // of the budget

    // Refused by is_welcome() or admit() lately, so not worth asking for.
    void note_refused(const base::ItemId& id);
    bool was_refused(const base::ItemId& id) const;

    void on_timer(base::Now now, const StoreView& view, Effects& out);
    base::MonoTime next_deadline() const { return next_; }

private:
    std::uint64_t left_of_budget(const StoreView& view) const;
    bool is_over(const StoreView& view) const;
    bool is_full(item::StoreClass of, const StoreView& view) const;
    struct Coming {  // for whom there has to be room
        item::StoreClass of;
        std::uint64_t bytes = 0;
        std::uint32_t below = 0;  // of its class only what is below this level makes room
    };
    struct Leaving {
        std::vector<std::pair<item::StoreClass, Victims::Victim>> victims;
        std::uint64_t bytes = 0;  // less than what was lacking: there are no more
    };
    Leaving make_room(std::optional<Coming> coming, std::uint64_t lacking, std::size_t most,
                      const Replaced& replaced, const StoreView& view) const;
    void evict(const Leaving& leaving, base::Now now, Effects& out);
    bool shrink(base::Now now, const StoreView& view, Effects& out);
    void raise(item::StoreClass of, item::Level above, base::Now now);
    void lower_floors(base::Now now, const StoreView& view);

    std::uint64_t budget_;
    const bool takes_pictures_;
    item::Floors floors_{};
    std::array<base::MonoTime, item::store_classes> held_up_{};  // when there was a reason for it
    std::unordered_set<std::uint64_t> refused_, refused_before_;
    base::MonoTime next_;
};

}  // namespace hearsay::core
