// sim/memory_store.hpp - one node's store in memory, with a turn's transaction.
//
// Lean, because ten thousand of them live in one process: items are shared (ReadPtr), a store only
// holds who is alive, in which order, and what is remembered. Hash maps are looked into and never
// iterated, so that no effect depends on hashing. It behaves as src/store does towards the core: a slot
// keeps its row after its item went, and gone ids are remembered only where Forget says so.
//
// apply() changes at once and notes how to undo it; commit() forgets the notes, rollback() plays them
// backwards: what a crash in the middle of a turn leaves behind.
#pragma once

#include <functional>
#include <map>
#include <unordered_map>

#include "core/effects.hpp"
#include "core/store_view.hpp"

namespace hearsay::sim {

// Ids are hashes already; the first bytes do.
struct FirstBytes {
    template <std::size_t N, class Tag>
    std::size_t operator()(const base::FixedBytes<N, Tag>& id) const {
        std::size_t out = 0;
        for (std::size_t i = 0; i < sizeof out; ++i) out = out << 8 | id.data[i];
        return out;
    }
};

class MemoryStore : public core::StoreView {
public:
    core::Presence presence(const base::ItemId& id) const override;
    item::ReadPtr get(const base::ItemId& id) const override;
    std::optional<core::SlotState> slot(const item::ThingId& thing) const override;
    std::optional<core::Position> position(const base::ItemId& id) const override;
    std::vector<std::pair<core::Position, base::ItemId>> newest(core::Position before,
                                                                std::size_t most) const override;
    std::vector<base::ItemId> expired(base::WallTime now, std::size_t most) const override;
    std::uint64_t alive_count() const override { return alive_.size(); }
    core::SetSummary summary() const override { return summary_; }

    // Applies what is kept (core/effects.hpp); false for what is to be spoken instead.
    bool apply(const core::Effect& effect);
    void commit() {
        undo_.clear();
        committed_next_ = next_;
    }
    void rollback();

    const std::map<base::PeerId, core::KnownPeer>& peers() const { return peers_; }
    // What is alive, oldest position first.
    const std::vector<std::pair<core::Position, base::ItemId>>& order() const { return order_; }
    // Slots in order of thing id from the first >= `from`, gone ones included; stop by returning false.
    void each_slot(const item::ThingId& from,
                   const std::function<bool(const item::ThingId&, const core::SlotState&)>& visit) const;
    std::vector<core::Candidate> candidates() const;

private:
    struct Held {
        item::ReadPtr item;
        core::Position position = 0;
    };
    struct Slot {
        core::SlotState state;
        base::WallTime until;
    };
    using Rumour = std::pair<base::PeerId, base::PeerId>;  // who was named, and by whom
    using Undo = std::variant<std::pair<base::ItemId, std::optional<Held>>,
                              std::pair<base::ItemId, std::optional<base::WallTime>>,
                              std::pair<item::ThingId, std::optional<Slot>>,
                              std::pair<base::PeerId, std::optional<core::KnownPeer>>,
                              std::pair<Rumour, std::optional<base::WallTime>>>;

    void set_item(const base::ItemId& id, std::optional<Held> held);
    void set_gone(const base::ItemId& id, std::optional<base::WallTime> until);
    void set_slot(const item::ThingId& thing, std::optional<Slot> slot);
    void set_peer(const base::PeerId& peer, std::optional<core::KnownPeer> known);
    void set_candidate(const Rumour& rumour, std::optional<base::WallTime> heard);
    void keep(const core::Store& store);
    void drop(const core::Forget& forget);
    void sweep(const core::Sweep& sweep);

    std::unordered_map<base::ItemId, Held, FirstBytes> alive_;
    // Sorted. What is new belongs at or near the end.
    std::vector<std::pair<core::Position, base::ItemId>> order_;
    std::vector<std::pair<base::WallTime, core::Position>> expiry_;
    core::SetSummary summary_;
    std::map<base::ItemId, base::WallTime> gone_;
    std::map<item::ThingId, Slot> slots_;
    std::map<base::PeerId, core::KnownPeer> peers_;
    std::map<Rumour, base::WallTime> candidates_;
    core::Position next_ = 1;
    core::Position committed_next_ = 1;  // a position that was rolled back is given again, as on a disk
    std::vector<Undo> undo_;
};

}  // namespace hearsay::sim
