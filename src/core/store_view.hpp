// core/store_view.hpp - what the core may ask about what is stored. The store room implements it
// over an open transaction, the simulator over memory. Reading only: changes are effects.
//
// Within one turn the shell applies each step's Store and Forget before the next step, so the
// view always shows what earlier steps of the same batch decided.
#pragma once

#include <optional>
#include <vector>

#include "core/retention/shelves.hpp"
#include "item/item.hpp"

namespace hearsay::core {

enum class Presence {
    unknown,  // never accepted, or forgotten again
    alive,    // held and served
    gone,     // was held: expired, superseded or removed; remembered so that it does not return
};

// What is known of one (publisher, slot).
struct SlotState {
    std::uint64_t sequence = 0;
    base::ItemId id;  // of that sequence, the smallest seen
    bool removed = false;
    bool operator==(const SlotState&) const = default;
};

// A place in the order in which items were stored; survives restarts. 0 is before the first.
using Position = std::uint64_t;

// An alive item, without its bytes.
struct Stored {
    Position position = 0;
    base::ItemId id;
    item::Standing standing;
    bool operator==(const Stored&) const = default;
};

// A pile of one shelf, never of incumbents, and what lies on it.
struct PileCount {
    item::Level level = 0;
    Pile pile = pile_visitors;
    std::uint64_t items = 0;
    bool operator==(const PileCount&) const = default;
};
struct Evictable {
    base::ItemId id;
    std::uint64_t bytes = 0;  // as shelves count it
    bool operator==(const Evictable&) const = default;
};

class StoreView {
public:
    virtual ~StoreView() = default;
    virtual Presence presence(const base::ItemId& id) const = 0;
    virtual item::ReadPtr get(const base::ItemId& id) const = 0;  // null unless alive
    virtual std::optional<SlotState> slot(const item::ThingId& thing) const = 0;
    virtual std::optional<Position> position(const base::ItemId& id) const = 0;  // of an alive item
    virtual std::optional<item::Standing> standing(const base::ItemId& id) const = 0;  // likewise
    // Up to `most` alive items with positions below `before`, newest first.
    virtual std::vector<Stored> newest(Position before, std::size_t most) const = 0;
    // Up to `most` alive items whose expiry is at or before `now`, earliest first.
    virtual std::vector<base::ItemId> expired(base::WallTime now, std::size_t most) const = 0;
    virtual std::uint64_t alive_count() const = 0;
    // Of all alive items; at no cost, kept with every change.
    virtual const Shelves& shelves() const = 0;
    // What the store takes beyond the shelves' bytes: items whose words fill the index more than
    // usual ones, or whose sizes fill pages badly. The budget is that much smaller.
    virtual std::uint64_t bytes_beyond() const { return 0; }
    // What may have to make room in this class, at the lowest level from `from` on that holds any:
    // its piles, by number. None: nothing is left.
    virtual std::vector<PileCount> lowest_piles(item::StoreClass of, item::Level from) const = 0;
    // Up to `most` items of one of them, after the first `skip`, in an order that only this store
    // knows (eviction_order()).
    virtual std::vector<Evictable> on_pile(item::StoreClass of, const PileCount& pile,
                                           std::size_t skip, std::size_t most) const = 0;
};

// Who of equals goes first: the least of these, under a key that only this store knows. So nobody
// can make an item that stays longer than others, or aim at one.
std::uint32_t eviction_order(std::uint64_t secret, const base::ItemId& id);
// What an item takes of the budget: its bytes and what tables and lists need for it.
std::uint64_t stored_bytes(std::size_t item_size);

}  // namespace hearsay::core
