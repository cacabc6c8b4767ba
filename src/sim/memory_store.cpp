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

std::optional<item::Standing> MemoryStore::standing(const base::ItemId& id) const {
    const auto found = alive_.find(id);
    return found == alive_.end() ? std::nullopt : std::optional(found->second.standing);
}

std::optional<core::Pile> MemoryStore::pile(const base::ItemId& id) const {
    const auto found = alive_.find(id);
    return found == alive_.end() ? std::nullopt : std::optional(found->second.pile);
}

std::vector<core::Stored> MemoryStore::newest(core::Position before, std::size_t most) const {
    std::vector<core::Stored> out;
    for (auto at =
             std::lower_bound(order_.begin(), order_.end(), std::pair(before, base::ItemId{}));
         at != order_.begin() && out.size() < most;) {
        --at;
        out.push_back({at->first, at->second, alive_.at(at->second).standing});
    }
    return out;
}

std::vector<core::PileCount> MemoryStore::lowest_piles(item::StoreClass of,
                                                       item::Level from) const {
    std::vector<core::PileCount> out;
    for (auto at = piles_.lower_bound({{of, from}, 0}); at != piles_.end(); ++at) {
        const auto& [standing, pile] = at->first;
        if (standing.of != of || (!out.empty() && standing.level != out.front().level)) break;
        out.push_back({standing.level, pile, at->second.size()});
    }
    return out;
}

std::vector<core::Evictable> MemoryStore::on_pile(item::StoreClass of, const core::PileCount& pile,
                                                  std::size_t skip, std::size_t most) const {
    std::vector<core::Evictable> out;
    const auto found = piles_.find({{of, pile.level}, pile.pile});
    if (found == piles_.end() || skip >= found->second.size()) return out;
    auto at = std::next(found->second.begin(), static_cast<std::ptrdiff_t>(skip));
    for (; at != found->second.end() && out.size() < most; ++at)
        out.push_back({at->second, core::stored_bytes(get(at->second)->item.size())});
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
    if (const auto* better = std::get_if<core::Improve>(&effect)) return improve(*better);
    const auto* over = std::get_if<core::Sweep>(&effect);
    ENSURE(over, "an effect that is not the flood store's");
    sweep(*over);
}

void MemoryStore::set_item(const base::ItemId& id, std::optional<Held> held) {
    auto before = value_of(alive_, id);
    if (before) {
        erase(order_, {before->position, id});
        erase(expiry_, {before->item->header.expires, before->position});
        count(id, *before, false);
    }
    if (held) {
        insert(order_, {held->position, id});
        insert(expiry_, {held->item->header.expires, held->position});
        count(id, *held, true);
    }
    assign(alive_, id, std::move(held));
    undo_.emplace_back(std::pair(id, std::move(before)));
}

void MemoryStore::count(const base::ItemId& id, const Held& held, bool added) {
    const std::uint64_t bytes = core::stored_bytes(held.item->item.size());
    if (added)
        shelves_.add(held.standing, held.pile, id, bytes);
    else
        shelves_.remove(held.standing, held.pile, id, bytes);
    if (held.pile == core::pile_incumbents) return;
    const PileKey key{held.standing, held.pile};
    const std::pair place{core::eviction_order(life_, id), id};
    if (added) {
        piles_[key].insert(place);
        return;
    }
    const auto pile = piles_.find(key);
    ENSURE(pile != piles_.end() && pile->second.erase(place) == 1, "what goes lies on a pile");
    if (pile->second.empty()) piles_.erase(pile);
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
    const item::Standing standing{item::store_class(item->header.kind), store.level};
    set_item(item->id, Held{item, next_++, standing, store.pile});
    if (item->header.mail()) return;
    const item::Version version = item->version;
    set_slot(version.thing, Slot{{version.sequence, item->id, version.removed}, store.slot_until});
}

void MemoryStore::drop(const core::Forget& forget) {
    ENSURE(alive_.contains(forget.id), "the core forgets what is not held");
    set_item(forget.id, {});
    if (forget.remember_until != base::WallTime{}) set_gone(forget.id, forget.remember_until);
}

void MemoryStore::improve(const core::Improve& better) {
    const auto found = alive_.find(better.id);
    ENSURE(found != alive_.end(), "the core improves what is not held");
    Held held = found->second;
    auto read = std::make_shared<item::Read>(*held.item);
    read->item.nonce = better.nonce;
    held.item = std::move(read);
    held.standing.level = better.level;
    set_item(better.id, std::move(held));
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
