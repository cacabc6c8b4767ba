// sim/memory_store.hpp - one node's flood store in memory, with a turn's transaction.
//
// Lean, because ten thousand of them live in one process: items are shared (ReadPtr), a store only
// holds who is alive, in which order, and what is remembered. Hash maps are looked into and never
// iterated, so that no effect depends on hashing. It behaves as src/store does towards the core: a
// slot keeps its row after its item went, and gone ids are remembered only where Forget says so.
//
// apply() changes at once and notes how to undo it; commit() forgets the notes, roll_back() plays
// them backwards: what a turn leaves behind that was not kept. A crash of the process loses no
// page; begin_anew() is what a lost disk leaves.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <unordered_map>

#include "core/effects.hpp"
#include "core/store_view.hpp"
#include "sim/first_bytes.hpp"
#include "turn/ports.hpp"

namespace hearsay::sim {

class MemoryStore final : public core::StoreView, public market::Catalogue, public turn::FloodTxn {
public:
    // core::StoreView; get() and position() are market::Catalogue's too
    core::Presence presence(const base::ItemId& id) const override;
    item::ReadPtr get(const base::ItemId& id) const override;
    std::optional<core::SlotState> slot(const item::ThingId& thing) const override;
    std::optional<core::Position> position(const base::ItemId& id) const override;
    std::optional<item::Standing> standing(const base::ItemId& id) const override;
    std::vector<core::Stored> newest(core::Position before, std::size_t most) const override;
    std::vector<base::ItemId> expired(base::WallTime now, std::size_t most) const override;
    std::uint64_t alive_count() const override { return alive_.size(); }
    const core::Shelves& shelves() const override { return shelves_; }
    std::vector<core::PileCount> lowest_piles(item::StoreClass of, item::Level from) const override;
    std::vector<core::Evictable> on_pile(item::StoreClass of, const core::PileCount& pile,
                                         std::size_t skip, std::size_t most) const override;

    // market::Catalogue
    void of_kind(
        item::Kind kind, core::Position before,
        const std::function<bool(core::Position, const item::ReadPtr&)>& visit) const override;
    void of_kind_since(
        item::Kind kind, core::Position after,
        const std::function<bool(core::Position, const item::ReadPtr&)>& visit) const override;
    void things(const item::ThingId& from,
                const std::function<bool(const item::ThingId&, const core::SlotState&)>& visit)
        const override;
    std::uint64_t count_of_kind(item::Kind kind) const override;
    std::uint64_t life() const override { return life_; }
    core::Position last_position() const override {
        return order_.empty() ? 0 : order_.back().first;
    }

    // turn::FloodTxn
    const core::StoreView& view() const override { return *this; }
    const market::Catalogue& catalogue() const override { return *this; }
    void apply(const core::Effect& effect) override;
    std::optional<base::Error> error() const override { return std::nullopt; }
    base::Result<void> commit() override;

    // Where an alive item lies.
    std::optional<core::Pile> pile(const base::ItemId& id) const;

    void roll_back();
    // From now on no commit succeeds, until it is mended.
    void break_commits(bool broken) { broken_ = broken; }
    // Its file was lost with the disk: it is empty, and positions of the old one mean nothing.
    void begin_anew();

private:
    struct Held {
        item::ReadPtr item;
        core::Position position = 0;
        item::Standing standing{};
        core::Pile pile = core::pile_incumbents;
    };
    using PileKey = std::pair<item::Standing, core::Pile>;

    struct Slot {
        core::SlotState state;
        base::WallTime until;
    };
    using Undo = std::variant<std::pair<base::ItemId, std::optional<Held>>,
                              std::pair<base::ItemId, std::optional<base::WallTime>>,
                              std::pair<item::ThingId, std::optional<Slot>>>;

    void set_item(const base::ItemId& id, std::optional<Held> held);
    void count(const base::ItemId& id, const Held& held, bool added);
    void set_gone(const base::ItemId& id, std::optional<base::WallTime> until);
    void set_slot(const item::ThingId& thing, std::optional<Slot> slot);
    void keep(const core::Store& store);
    void drop(const core::Forget& forget);
    void improve(const core::Improve& better);
    void sweep(const core::Sweep& sweep);

    std::unordered_map<base::ItemId, Held, FirstBytes> alive_;
    // Sorted. What is new belongs at or near the end.
    std::vector<std::pair<core::Position, base::ItemId>> order_;
    std::vector<std::pair<base::WallTime, core::Position>> expiry_;
    core::Shelves shelves_;
    // What may have to make room: in the order in which it goes. Empty while there is room for all.
    std::map<PileKey, std::set<std::pair<std::uint32_t, base::ItemId>>> piles_;
    std::map<base::ItemId, base::WallTime> gone_;
    std::map<item::ThingId, Slot> slots_;
    core::Position next_ = 1;
    // a position that was rolled back is given again, as on a disk
    core::Position committed_next_ = 1;
    std::vector<Undo> undo_;
    std::uint64_t life_ = 1;
    bool broken_ = false;
};

}  // namespace hearsay::sim
