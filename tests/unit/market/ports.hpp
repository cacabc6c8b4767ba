// unit/market/ports.hpp - a turn's ports (turn/ports.hpp) over a person's memory.
//
// The flood store is what MemoryCatalogue holds. A test puts items there itself: the core, which
// would, says here only what the test has it say (fakes.hpp), and sees an empty store.
#pragma once

#include "memory.hpp"
#include "turn/ports.hpp"

namespace hearsay::market {

// The rows that a turn works on; `keeps` is whether the disk does.
class MemoryOwnTxn final : public turn::OwnTxn {
public:
    MemoryOwnTxn(MemoryOwnStore& store, bool keeps) : store_(store), keeps_(keeps) {}
    OwnStore& rows() override { return store_; }
    void apply(const core::Effect&) override {}
    base::Result<void> commit() override {
        if (!keeps_) return base::fail(base::ErrorCode::exhausted, "the disk keeps nothing");
        store_.commit();
        return {};
    }

private:
    MemoryOwnStore& store_;
    const bool keeps_;
};

class MemoryFloodTxn final : public turn::FloodTxn, private core::StoreView {
public:
    explicit MemoryFloodTxn(const Catalogue& flood) : flood_(flood) {}
    const core::StoreView& view() const override { return *this; }
    const Catalogue& catalogue() const override { return flood_; }
    void apply(const core::Effect&) override {}
    std::optional<base::Error> error() const override { return std::nullopt; }
    base::Result<void> commit() override { return {}; }

private:
    core::Presence presence(const base::ItemId&) const override { return core::Presence::unknown; }
    item::ReadPtr get(const base::ItemId&) const override { return nullptr; }
    std::optional<core::SlotState> slot(const item::ThingId&) const override { return {}; }
    std::optional<core::Position> position(const base::ItemId&) const override { return {}; }
    std::optional<item::Standing> standing(const base::ItemId&) const override { return {}; }
    std::vector<core::Stored> newest(core::Position, std::size_t) const override { return {}; }
    std::vector<base::ItemId> expired(base::WallTime, std::size_t) const override { return {}; }
    std::uint64_t alive_count() const override { return 0; }
    const core::Shelves& shelves() const override { return shelves_; }
    std::vector<core::PileCount> lowest_piles(item::StoreClass, item::Level) const override {
        return {};
    }
    std::vector<core::Evictable> on_pile(item::StoreClass, const core::PileCount&, std::size_t,
                                         std::size_t) const override {
        return {};
    }

    const Catalogue& flood_;
    const core::Shelves shelves_;
};

}  // namespace hearsay::market
