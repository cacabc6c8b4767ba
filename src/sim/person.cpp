#include "sim/person.hpp"

#include <algorithm>
#include <utility>

#include "base/ensure.hpp"

namespace hearsay::sim {
namespace {

using market::Table;

constexpr crypto::ScryptCost cheap{2, 1, 1};
// Removals come within a run instead of after it.
constexpr market::MarketSettings soon{true, base::Seconds(600), base::Seconds(60)};

template <class Map>
auto taken(Map& map, std::uint64_t job) {
    auto found = map.extract(job);
    return found.empty() ? std::nullopt : std::optional(std::move(found.mapped()));
}

}  // namespace

// ---- the own store -----------------------------------------------------------------------------

std::optional<base::Bytes> MemoryOwnStore::get(Table table, base::ByteView key) const {
    const auto at = rows_.find({table, base::to_bytes(key)});
    return at == rows_.end() ? std::nullopt : std::optional(at->second);
}

void MemoryOwnStore::set(const Key& key, std::optional<base::Bytes> value) {
    if (value)
        rows_[key] = *std::move(value);
    else
        rows_.erase(key);
}

void MemoryOwnStore::put(Table table, base::ByteView key, base::ByteView value) {
    undo_.emplace_back(Key{table, base::to_bytes(key)}, get(table, key));
    set(undo_.back().first, base::to_bytes(value));
}

void MemoryOwnStore::erase(Table table, base::ByteView key) {
    undo_.emplace_back(Key{table, base::to_bytes(key)}, get(table, key));
    set(undo_.back().first, std::nullopt);
}

void MemoryOwnStore::scan(Table table, base::ByteView from,
                          const std::function<bool(base::ByteView, base::ByteView)>& visit) const {
    for (auto at = rows_.lower_bound({table, base::to_bytes(from)}); at != rows_.end(); ++at)
        if (at->first.first != table || !visit(at->first.second, at->second)) return;
}

void MemoryOwnStore::rollback() {
    for (auto note = undo_.rbegin(); note != undo_.rend(); ++note) set(note->first, note->second);
    undo_.clear();
}

// ---- the flood store, as a person sees it ------------------------------------------------------

void StoreCatalogue::of_kind(item::Kind kind, core::Position before,
                             const std::function<bool(core::Position, const item::ReadPtr&)>& visit) const {
    const auto& order = store_.order();
    for (auto at = std::lower_bound(order.begin(), order.end(), std::pair(before, base::ItemId{}));
         at != order.begin();) {
        --at;
        const item::ReadPtr item = store_.get(at->second);
        if (item->header.kind == kind && !visit(at->first, item)) return;
    }
}

void StoreCatalogue::of_kind_since(
    item::Kind kind, core::Position after,
    const std::function<bool(core::Position, const item::ReadPtr&)>& visit) const {
    const auto& order = store_.order();
    for (auto at = std::lower_bound(order.begin(), order.end(), std::pair(after + 1, base::ItemId{}));
         at != order.end(); ++at) {
        const item::ReadPtr item = store_.get(at->second);
        if (item->header.kind == kind && !visit(at->first, item)) return;
    }
}

void StoreCatalogue::things(
    const item::ThingId& from,
    const std::function<bool(const item::ThingId&, const core::SlotState&)>& visit) const {
    store_.each_slot(from, visit);
}

std::uint64_t StoreCatalogue::count_of_kind(item::Kind kind) const {
    std::uint64_t found = 0;
    for (const auto& [position, id] : store_.order()) found += store_.get(id)->header.kind == kind ? 1 : 0;
    return found;
}

core::Position StoreCatalogue::last_position() const {
    return store_.order().empty() ? 0 : store_.order().back().first;
}

// ---- the person --------------------------------------------------------------------------------

Person::Person(base::Rng rng, base::WallTime now, const MemoryStore& store)
    : rng_(std::move(rng)), flood_(store) {
    market::Vault vault = market::Vault::create(rng_, now).vault;
    ENSURE(vault.protect({}, cheap, rng_).has_value(), "the cheapest scrypt does not run");
    vault_file_ = vault.seal(rng_);
}

void Person::open() {
    ENSURE(!market_, "a market was opened twice");
    auto vault = market::Vault::open(vault_file_, {});
    ENSURE(vault.has_value(), "a vault file that was just saved does not open");
    market_.emplace(item::Network::sim, *std::move(vault), rng_.fork(), soon);
}

void Person::close() {
    market_.reset();
    own_store_.rollback();
    works_.clear();
    tries_.clear();
}

void Person::save_vault() {
    vault_file_ = market_->vault().seal(rng_);
    market_->vault().note_saved();
}

std::uint64_t Person::wait(market::FindWork wish) {
    works_.emplace(next_job_, wish);
    return next_job_++;
}

std::uint64_t Person::wait(market::TryOpen wish) {
    tries_.emplace(next_job_, std::move(wish));
    return next_job_++;
}

std::optional<market::FindWork> Person::take_work(std::uint64_t job) {
    return taken(works_, job);
}

std::optional<market::TryOpen> Person::take_try(std::uint64_t job) {
    return taken(tries_, job);
}

void Person::cancel_work(const base::ItemId& id) {
    std::erase_if(works_, [&](const auto& entry) { return entry.second.id == id; });
}

}  // namespace hearsay::sim
