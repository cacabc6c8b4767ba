#include "sim/memory_store.hpp"

#include <algorithm>
#include <utility>

#include "base/ensure.hpp"

namespace hearsay::sim {
namespace {

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

template <class Value>
void insert(std::vector<Value>& sorted, const Value& value) {
    sorted.insert(std::upper_bound(sorted.begin(), sorted.end(), value), value);
}

template <class Value>
void erase(std::vector<Value>& sorted, const Value& value) {
    sorted.erase(std::lower_bound(sorted.begin(), sorted.end(), value));
}

}  // namespace

// ---- reading ------------------------------------------------------------------------------------

core::Presence MemoryStore::presence(const base::ItemId& id) const {
    if (alive_.contains(id)) return core::Presence::alive;
    return gone_.contains(id) ? core::Presence::gone : core::Presence::unknown;
}

item::ReadPtr MemoryStore::get(const base::ItemId& id) const {
    const auto found = alive_.find(id);
    return found == alive_.end() ? nullptr : found->second.item;
}

std::optional<core::SlotState> MemoryStore::slot(const item::ThingId& thing) const {
    const auto found = slots_.find(thing);
    return found == slots_.end() ? std::nullopt : std::optional(found->second.state);
}

std::vector<std::pair<core::Position, base::ItemId>> MemoryStore::newest(core::Position before,
                                                                         std::size_t most) const {
    std::vector<std::pair<core::Position, base::ItemId>> out;
    for (auto at =
             std::lower_bound(order_.begin(), order_.end(), std::pair(before, base::ItemId{}));
         at != order_.begin() && out.size() < most;) {
        --at;
        out.push_back(*at);
    }
    return out;
}

std::vector<base::ItemId> MemoryStore::expired(base::WallTime now, std::size_t most) const {
    std::vector<base::ItemId> out;
    for (auto at = expiry_.begin(); at != expiry_.end() && at->first <= now && out.size() < most;
         ++at)
        out.push_back(
            std::lower_bound(order_.begin(), order_.end(), std::pair(at->second, base::ItemId{}))
                ->second);
    return out;
}

std::optional<core::Position> MemoryStore::position(const base::ItemId& id) const {
    const auto found = alive_.find(id);
    return found == alive_.end() ? std::nullopt : std::optional(found->second.position);
}

void MemoryStore::of_kind(
    item::Kind kind, core::Position before,
    const std::function<bool(core::Position, const item::ReadPtr&)>& visit) const {
    for (auto at =
             std::lower_bound(order_.begin(), order_.end(), std::pair(before, base::ItemId{}));
         at != order_.begin();) {
        --at;
        const item::ReadPtr item = get(at->second);
        if (item->header.kind == kind && !visit(at->first, item)) return;
    }
}

void MemoryStore::of_kind_since(
    item::Kind kind, core::Position after,
    const std::function<bool(core::Position, const item::ReadPtr&)>& visit) const {
    for (auto at =
             std::lower_bound(order_.begin(), order_.end(), std::pair(after + 1, base::ItemId{}));
         at != order_.end(); ++at) {
        const item::ReadPtr item = get(at->second);
        if (item->header.kind == kind && !visit(at->first, item)) return;
    }
}

void MemoryStore::things(
    const item::ThingId& from,
    const std::function<bool(const item::ThingId&, const core::SlotState&)>& visit) const {
    for (auto at = slots_.lower_bound(from); at != slots_.end(); ++at)
        if (!visit(at->first, at->second.state)) return;
}

std::uint64_t MemoryStore::count_of_kind(item::Kind kind) const {
    std::uint64_t found = 0;
    for (const auto& [position, id] : order_) found += get(id)->header.kind == kind ? 1 : 0;
    return found;
}

// ---- writing ------------------------------------------------------------------------------------

void MemoryStore::apply(const core::Effect& effect) {
    if (const auto* store = std::get_if<core::Store>(&effect)) return keep(*store);
    if (const auto* forget = std::get_if<core::Forget>(&effect)) return drop(*forget);
    const auto* over = std::get_if<core::Sweep>(&effect);
    ENSURE(over, "an effect that is not the flood store's");
    sweep(*over);
}

void MemoryStore::set_item(const base::ItemId& id, std::optional<Held> held) {
    auto before = value_of(alive_, id);
    if (before) {
        erase(order_, {before->position, id});
        erase(expiry_, {before->item->header.expires, before->position});
        summary_.remove(id);
    }
    if (held) {
        insert(order_, {held->position, id});
        insert(expiry_, {held->item->header.expires, held->position});
        summary_.add(id);
    }
    assign(alive_, id, std::move(held));
    undo_.emplace_back(std::pair(id, std::move(before)));
}

void MemoryStore::set_gone(const base::ItemId& id, std::optional<base::WallTime> until) {
    undo_.emplace_back(std::pair(id, value_of(gone_, id)));
    assign(gone_, id, until);
}

void MemoryStore::set_slot(const item::ThingId& thing, std::optional<Slot> slot) {
    undo_.emplace_back(std::pair(thing, value_of(slots_, thing)));
    assign(slots_, thing, std::move(slot));
}

void MemoryStore::keep(const core::Store& store) {
    const item::ReadPtr& item = store.item;
    ENSURE(presence(item->id) == core::Presence::unknown, "the core stores what is known already");
    set_item(item->id, Held{item, next_++});
    if (item->header.mail()) return;
    const item::Version version = item->version;
    set_slot(version.thing, Slot{{version.sequence, item->id, version.removed}, store.slot_until});
}

void MemoryStore::drop(const core::Forget& forget) {
    ENSURE(alive_.contains(forget.id), "the core forgets what is not held");
    set_item(forget.id, {});
    if (forget.remember_until != base::WallTime{}) set_gone(forget.id, forget.remember_until);
}

void MemoryStore::sweep(const core::Sweep& over) {
    std::vector<base::ItemId> ids;
    for (const auto& [id, until] : gone_)
        if (until <= over.now && ids.size() < over.most) ids.push_back(id);
    for (const base::ItemId& id : ids) set_gone(id, {});
    std::vector<item::ThingId> things;
    for (const auto& [thing, slot] : slots_)
        if (slot.until <= over.now && things.size() < over.most) things.push_back(thing);
    for (const item::ThingId& thing : things) set_slot(thing, {});
}

base::Result<void> MemoryStore::commit() {
    if (broken_) return base::fail(base::ErrorCode::exhausted, "the simulated disk keeps nothing");
    undo_.clear();
    committed_next_ = next_;
    return {};
}

void MemoryStore::roll_back() {
    const std::vector<Undo> notes = std::exchange(undo_, {});
    for (auto note = notes.rbegin(); note != notes.rend(); ++note) {
        if (const auto* held = std::get_if<0>(&*note)) set_item(held->first, held->second);
        if (const auto* gone = std::get_if<1>(&*note)) set_gone(gone->first, gone->second);
        if (const auto* slot = std::get_if<2>(&*note)) set_slot(slot->first, slot->second);
    }
    undo_.clear();
    next_ = committed_next_;
}

void MemoryStore::begin_anew() {
    const std::uint64_t life = life_ + 1;
    *this = MemoryStore();
    life_ = life;
}

}  // namespace hearsay::sim
