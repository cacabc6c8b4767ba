// unit/core/id_store.hpp - a store of ids without items, for comparing sets of any size: nothing
// can be served.
#pragma once

#include "base/rng.hpp"
#include "even_store.hpp"

namespace hearsay::core {

class IdStore : public EvenStore {
public:
    void add(const base::ItemId& id) {
        ids_.push_back(id);
        count(id);
    }
    Presence presence(const base::ItemId&) const override { return Presence::unknown; }
    item::ReadPtr get(const base::ItemId&) const override { return nullptr; }
    std::optional<SlotState> slot(const item::ThingId&) const override { return std::nullopt; }
    std::optional<Position> position(const base::ItemId&) const override { return std::nullopt; }
    std::vector<Stored> newest(Position before, std::size_t most) const override {
        std::vector<Stored> out;
        for (Position at = std::min<Position>(before - 1, ids_.size()); at > 0 && out.size() < most;
             --at)
            out.push_back({at, ids_[at - 1], {}});
        return out;
    }
    std::vector<base::ItemId> expired(base::WallTime, std::size_t) const override { return {}; }
    std::uint64_t alive_count() const override { return ids_.size(); }

private:
    std::vector<base::ItemId> ids_;  // by position, from 1
};

// Two stores with `items` ids each, of which `differences` are in one of them only, spread evenly.
inline void fill_apart(IdStore (&stores)[2], std::size_t items, std::size_t differences,
                       base::Rng& rng) {
    const std::size_t apart = differences / 2;
    base::ItemId id;
    for (std::size_t at = 0; at < items; ++at) {
        const bool differs = at * apart / items != (at + 1) * apart / items;
        for (int side = 0; side < 2; ++side) {
            if (side == 0 || differs) rng.fill(id);
            stores[side].add(id);
        }
    }
}

}  // namespace hearsay::core
