// core/store_view.hpp - what the core may ask about what is stored. The store room implements it
// over an open transaction, the simulator over memory. Reading only: changes are effects.
//
// Within one turn the shell applies each step's Store and Forget before the next step, so the
// view always shows what earlier steps of the same batch decided.
#pragma once

#include <optional>
#include <vector>

#include "core/reconcile/summary.hpp"
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

class StoreView {
public:
    virtual ~StoreView() = default;
    virtual Presence presence(const base::ItemId& id) const = 0;
    virtual item::ReadPtr get(const base::ItemId& id) const = 0;  // null unless alive
    virtual std::optional<SlotState> slot(const item::ThingId& thing) const = 0;
    virtual std::optional<Position> position(const base::ItemId& id) const = 0;  // of an alive item
    // Ids of up to `most` alive items with positions below `before`, newest first,
    // each with its position.
    virtual std::vector<std::pair<Position, base::ItemId>> newest(Position before,
                                                                  std::size_t most) const = 0;
    // Up to `most` alive items whose expiry is at or before `now`, earliest first.
    virtual std::vector<base::ItemId> expired(base::WallTime now, std::size_t most) const = 0;
    virtual std::uint64_t alive_count() const = 0;
    // Of all alive items; at no cost, kept with every change. Its count is alive_count().
    virtual SetSummary summary() const = 0;
};

}  // namespace hearsay::core
