#include "sim/memory_own_store.hpp"

#include "base/ensure.hpp"

namespace hearsay::sim {
namespace {

using market::Table;

template <class Map, class Key>
auto value_of(const Map& map, const Key& key) {
    const auto found = map.find(key);
    return found == map.end() ? std::nullopt : std::optional(found->second);
}

template <class Map, class Key, class Value>
void assign(Map& map, const Key& key, std::optional<Value> value) {
    if (value)
        map[key] = std::move(*value);
    else
        map.erase(key);
}

}  // namespace

// ---- the person's rows --------------------------------------------------------------------------

std::optional<base::Bytes> MemoryOwnStore::get(Table table, base::ByteView key) const {
    return value_of(rows_, Key{table, base::to_bytes(key)});
}

void MemoryOwnStore::put(Table table, base::ByteView key, base::ByteView value) {
    set(Key{table, base::to_bytes(key)}, base::to_bytes(value));
}

void MemoryOwnStore::erase(Table table, base::ByteView key) {
    set(Key{table, base::to_bytes(key)}, std::nullopt);
}

void MemoryOwnStore::scan(Table table, base::ByteView from,
                          const std::function<bool(base::ByteView, base::ByteView)>& visit) const {
    for (auto at = rows_.lower_bound({table, base::to_bytes(from)}); at != rows_.end(); ++at)
        if (at->first.first != table || !visit(at->first.second, at->second)) return;
}

void MemoryOwnStore::set(const Key& key, std::optional<base::Bytes> value) {
    undo_.emplace_back(std::pair(key, value_of(rows_, key)));
    assign(rows_, key, std::move(value));
}

// ---- what the core keeps ------------------------------------------------------------------------

void MemoryOwnStore::apply(const core::Effect& effect) {
    if (const auto* keep = std::get_if<core::KeepPeer>(&effect))
        return set(keep->peer.peer, keep->peer);
    if (const auto* drop = std::get_if<core::DropPeer>(&effect))
        return set(drop->peer, std::nullopt);
    if (const auto* keep = std::get_if<core::KeepCandidate>(&effect))
        return set(Rumour{keep->candidate.peer, keep->candidate.source}, keep->candidate.heard);
    const auto* drop = std::get_if<core::DropCandidate>(&effect);
    ENSURE(drop, "an effect that is not the own store's");
    set(Rumour{drop->peer, drop->source}, std::nullopt);
}

void MemoryOwnStore::set(const base::PeerId& peer, std::optional<core::KnownPeer> known) {
    undo_.emplace_back(std::pair(peer, value_of(peers_, peer)));
    assign(peers_, peer, std::move(known));
}

void MemoryOwnStore::set(const Rumour& rumour, std::optional<base::WallTime> heard) {
    undo_.emplace_back(std::pair(rumour, value_of(candidates_, rumour)));
    assign(candidates_, rumour, heard);
}

std::vector<core::Candidate> MemoryOwnStore::candidates() const {
    std::vector<core::Candidate> out;
    for (const auto& [rumour, heard] : candidates_)
        out.push_back({rumour.first, rumour.second, heard});
    return out;
}

// ---- commits ------------------------------------------------------------------------------------

base::Result<void> MemoryOwnStore::commit() {
    if (broken_) return base::fail(base::ErrorCode::exhausted, "the simulated disk keeps nothing");
    undo_.clear();
    return {};
}

void MemoryOwnStore::roll_back() {
    const std::vector<Undo> notes = std::exchange(undo_, {});
    for (auto note = notes.rbegin(); note != notes.rend(); ++note)
        std::visit([this](const auto& each) { set(each.first, each.second); }, *note);
    undo_.clear();
}

}  // namespace hearsay::sim
