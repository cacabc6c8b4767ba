// sim/person.hpp - what a user has at a simulated node: the real market with its vault, its own store in memory.
//
// Real: market::Market, market::Vault with its chain and its sealed file, every record sealed and blinded as on a
// disk. Simulated: the disk (MemoryOwnStore, and the vault file as bytes), the look at the flood store (StoreCatalogue
// over the node's MemoryStore), and the workers, which the world plays: what they were asked waits here under a
// job number. The vault file is sealed with the cheapest scrypt that there is: Vault::protect() takes its cost from
// the caller, and the simulator has no secret to keep.
//
// A crash: close() loses the process (the market's memory, what workers do) and whatever of the own store is not
// committed; the vault file stays as it was saved last. open() starts the program again on what is left.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "market/market.hpp"
#include "sim/memory_store.hpp"

namespace hearsay::sim {

// The own store. put() and erase() change at once and note how to undo it; commit() forgets the notes.
class MemoryOwnStore : public market::OwnStore {
public:
    std::optional<base::Bytes> get(market::Table table, base::ByteView key) const override;
    void put(market::Table table, base::ByteView key, base::ByteView value) override;
    void erase(market::Table table, base::ByteView key) override;
    void scan(market::Table table, base::ByteView from,
              const std::function<bool(base::ByteView, base::ByteView)>& visit) const override;
    void commit() { undo_.clear(); }
    void rollback();
    std::size_t size() const { return rows_.size(); }

private:
    using Key = std::pair<market::Table, base::Bytes>;
    void set(const Key& key, std::optional<base::Bytes> value);

    std::map<Key, base::Bytes> rows_;
    std::vector<std::pair<Key, std::optional<base::Bytes>>> undo_;
};

// A person's look at its node's flood store, which never begins anew: a crash of the process loses no page.
class StoreCatalogue : public market::Catalogue {
public:
    explicit StoreCatalogue(const MemoryStore& store) : store_(store) {}

    item::ReadPtr get(const base::ItemId& id) const override { return store_.get(id); }
    void of_kind(item::Kind kind, core::Position before,
                 const std::function<bool(core::Position, const item::ReadPtr&)>& visit) const override;
    void of_kind_since(item::Kind kind, core::Position after,
                       const std::function<bool(core::Position, const item::ReadPtr&)>& visit) const override;
    void things(
        const item::ThingId& from,
        const std::function<bool(const item::ThingId&, const core::SlotState&)>& visit) const override;
    std::uint64_t count_of_kind(item::Kind kind) const override;
    std::uint64_t life() const override { return 1; }
    core::Position last_position() const override;

private:
    const MemoryStore& store_;
};

class Person {
public:
    // A new vault, and nothing else. The store is the node's, and outlives the person.
    Person(base::Rng rng, base::WallTime now, const MemoryStore& store);

    void open();  // the program starts; market().start() is the caller's
    void close();
    bool is_open() const { return market_.has_value(); }

    market::Market& market() { return *market_; }
    const market::Market& market() const { return *market_; }
    MemoryOwnStore& own_store() { return own_store_; }
    const MemoryOwnStore& own_store() const { return own_store_; }
    const StoreCatalogue& flood() const { return flood_; }
    void save_vault();

    // What workers were asked; each is taken once, and nothing of it survives close().
    std::uint64_t wait(market::FindWork wish);
    std::uint64_t wait(market::TryOpen wish);
    std::optional<market::FindWork> take_work(std::uint64_t job);
    std::optional<market::TryOpen> take_try(std::uint64_t job);
    void cancel_work(const base::ItemId& id);

private:
    base::Rng rng_;
    MemoryOwnStore own_store_;
    StoreCatalogue flood_;
    base::Bytes vault_file_;
    std::optional<market::Market> market_;
    std::map<std::uint64_t, market::FindWork> works_;
    std::map<std::uint64_t, market::TryOpen> tries_;
    std::uint64_t next_job_ = 1;
};

}  // namespace hearsay::sim
