// store/flood_view.hpp - reading the flood environment, from a snapshot or from the writer's own
// transaction.
//
// A stored item that does not pass item::read or is not the one its head names is treated as absent
// and counted (FloodStats::damaged). The writer erases it when it commits, without remembering it
// as gone, so that the network brings it back. Its slot keeps its floor but lets the same sequence
// in again: the id reads as the largest one meanwhile. presence() does not read payloads: until
// that commit a damaged item may still count as alive there.
#pragma once

#include <atomic>

#include "market/catalogue.hpp"
#include "store/flood_tables.hpp"
#include "store/search_index.hpp"

namespace hearsay::store {

// What transactions need from their Flood.
struct FloodShared {
    FloodTables tables;
    item::Network network = item::Network::main;
    std::uint64_t life = 0;
    std::shared_ptr<SearchState> search = std::make_shared<SearchState>();
    mutable std::atomic<std::uint64_t> damaged = 0;
};

class FloodView : public core::StoreView, public market::Catalogue {
public:
    FloodView(const FloodView&) = delete;
    FloodView& operator=(const FloodView&) = delete;

    // core::StoreView; get() and position() are market::Catalogue's too
    core::Presence presence(const base::ItemId& id) const override;
    item::ReadPtr get(const base::ItemId& id) const override;
    std::optional<core::SlotState> slot(const item::ThingId& thing) const override;
    std::optional<core::Position> position(const base::ItemId& id) const override {
        return position_of(id);
    }
    std::optional<item::Standing> standing(const base::ItemId& id) const override;
    std::vector<core::Stored> newest(core::Position before, std::size_t most) const override;
    std::vector<base::ItemId> expired(base::WallTime now, std::size_t most) const override;
    std::uint64_t alive_count() const override;
    const core::Shelves& shelves() const override;
    std::uint64_t bytes_beyond() const override;
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
    std::optional<base::MailboxKey> mailbox_key(const base::MailboxId& mailbox) const override;
    std::uint64_t count_of_kind(item::Kind kind) const override;
    std::uint64_t life() const override { return shared_.life; }
    core::Position last_position() const override { return last_; }
    item::ReadPtr at(core::Position position) const override;
    const search::Index* index() const override { return &search_; }

    // The first failure of the environment; answers after it are empty.
    const std::optional<base::Error>& error() const { return txn_.error(); }

protected:
    FloodView(const FloodShared& shared, Txn txn);
    ~FloodView() override = default;

    std::optional<core::Position> position_of(const base::ItemId& id) const;
    // As a list holds it; one that makes no sense fails the transaction.
    std::optional<core::Position> position_in(base::ByteView bytes) const;
    std::optional<Head> head_at(core::Position position) const;
    item::ReadPtr item_at(core::Position position) const;  // null when damaged

    const FloodShared& shared_;
    mutable Txn txn_;
    core::Position last_ = 0;
    mutable std::optional<core::Shelves> shelves_;  // read when somebody asks
    // at most damaged_max, the rest is found another time
    mutable std::vector<core::Position> damaged_;
    SearchIndex search_;

    // Slots that no item fills any more.
    std::uint64_t slots_of_gone() const;

    // Of what waits to be a segment of the index: at most.
    virtual std::uint64_t waiting_bytes() const { return shared_.search->pending.bytes_max(); }

private:
    core::SlotState state_of(const SlotRow& row) const;
    bool is_at(core::Position position, const base::ItemId& id) const;
};

}  // namespace hearsay::store
