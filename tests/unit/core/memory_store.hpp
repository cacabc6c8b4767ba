// unit/core/memory_store.hpp - the store as a model: what the core may ask, over plain maps.
// Simple enough to be right by reading; the real store is compared with the same expectations.
#pragma once

#include <algorithm>
#include <map>

#include "base/ensure.hpp"
#include "core/effects.hpp"
#include "core/store_view.hpp"

namespace hearsay::core {

class MemoryStore : public StoreView {
public:
    Presence presence(const base::ItemId& id) const override {
        if (alive_.contains(id)) return Presence::alive;
        return gone_.contains(id) ? Presence::gone : Presence::unknown;
    }
    item::ReadPtr get(const base::ItemId& id) const override {
        const auto found = alive_.find(id);
        return found == alive_.end() ? nullptr : found->second.item;
    }
    std::optional<SlotState> slot(const item::ThingId& thing) const override {
        const auto found = slots_.find(thing);
        if (found == slots_.end()) return std::nullopt;
        return found->second.state;
    }
    std::optional<Position> position(const base::ItemId& id) const override {
        const auto found = alive_.find(id);
        return found == alive_.end() ? std::nullopt : std::optional(found->second.position);
    }
    std::optional<item::Standing> standing(const base::ItemId& id) const override {
        const auto found = alive_.find(id);
        return found == alive_.end() ? std::nullopt : std::optional(found->second.standing);
    }
    std::vector<Stored> newest(Position before, std::size_t most) const override {
        std::vector<Stored> out;
        for (auto at = order_.lower_bound(before); at != order_.begin() && out.size() < most;) {
            --at;
            out.push_back({at->first, at->second, alive_.at(at->second).standing});
        }
        return out;
    }
    std::vector<base::ItemId> expired(base::WallTime now, std::size_t most) const override {
        std::vector<std::pair<base::WallTime, base::ItemId>> due;
        for (const auto& [id, held] : alive_)
            if (held.item->header.expires <= now) due.emplace_back(held.item->header.expires, id);
        std::sort(due.begin(), due.end());
        if (due.size() > most) due.resize(most);
        std::vector<base::ItemId> out;
        for (const auto& [expires, id] : due) out.push_back(id);
        return out;
    }
    std::uint64_t alive_count() const override { return alive_.size(); }
    const Shelves& shelves() const override { return shelves_; }
    std::vector<PileCount> lowest_piles(item::StoreClass of, item::Level from) const override {
        std::map<std::pair<item::Level, Pile>, std::uint64_t> counts;
        for (const auto& [id, held] : alive_)
            if (held.pile != pile_incumbents && held.standing.of == of &&
                held.standing.level >= from)
                ++counts[{held.standing.level, held.pile}];
        std::vector<PileCount> out;
        for (const auto& [key, items] : counts)
            if (out.empty() || key.first == out.front().level)
                out.push_back({key.first, key.second, items});
        return out;
    }
    std::vector<Evictable> on_pile(item::StoreClass of, const PileCount& pile, std::size_t skip,
                                   std::size_t most) const override {
        std::map<std::pair<std::uint32_t, base::ItemId>, std::uint64_t> found;
        for (const auto& [id, held] : alive_)
            if (held.pile == pile.pile && held.standing == item::Standing{of, pile.level})
                found[{eviction_order(secret, id), id}] = bytes_of(held);
        std::vector<Evictable> out;
        for (const auto& [key, bytes] : found) out.push_back({key.second, bytes});
        out.erase(out.begin(),
                  out.begin() + static_cast<std::ptrdiff_t>(std::min(skip, out.size())));
        if (out.size() > most) out.resize(most);
        return out;
    }

    // Applies what is kept; false for what is to be spoken instead.
    bool apply(const Effect& effect) {
        if (const auto* store = std::get_if<Store>(&effect)) return keep(*store), true;
        if (const auto* forget = std::get_if<Forget>(&effect)) return drop(*forget), true;
        if (const auto* sweep = std::get_if<Sweep>(&effect)) return clean(*sweep), true;
        if (const auto* better = std::get_if<Improve>(&effect)) return improve(*better), true;
        if (const auto* peer = std::get_if<KeepPeer>(&effect))
            return peers[peer->peer.peer] = peer->peer, true;
        if (const auto* peer = std::get_if<DropPeer>(&effect)) return peers.erase(peer->peer), true;
        if (const auto* kept = std::get_if<KeepCandidate>(&effect))
            return candidates[{kept->candidate.source, kept->candidate.peer}] = kept->candidate,
                                                       true;
        if (const auto* gone = std::get_if<DropCandidate>(&effect))
            return candidates.erase({gone->source, gone->peer}), true;
        return false;
    }

    std::size_t remembered_gone() const { return gone_.size(); }
    std::size_t remembered_slots() const { return slots_.size(); }
    std::map<base::PeerId, KnownPeer> peers;
    std::map<std::pair<base::PeerId, base::PeerId>, Candidate> candidates;  // by source and peer

private:
    struct Held {
        item::ReadPtr item;
        Position position = 0;
        item::Standing standing{};
        Pile pile = pile_incumbents;
    };
    struct Remembered {
        SlotState state;
        base::WallTime until;
    };

    static constexpr std::uint64_t secret = 7;
    static std::uint64_t bytes_of(const Held& held) { return stored_bytes(held.item->item.size()); }

    void keep(const Store& store) {
        const item::ReadPtr& item = store.item;
        ENSURE(presence(item->id) == Presence::unknown, "the core stores what is known already");
        const item::Standing standing{item::store_class(item->header.kind), store.level};
        const Held& held = alive_[item->id] = {item, next_, standing, store.pile};
        order_[next_++] = item->id;
        shelves_.add(standing, store.pile, item->id, bytes_of(held));
        if (item->header.mail()) return;
        const item::Version version = item->version;
        slots_[version.thing] = {{version.sequence, item->id, version.removed}, store.slot_until};
    }
    void drop(const Forget& forget) {
        const auto found = alive_.find(forget.id);
        ENSURE(found != alive_.end(), "the core forgets what is not held");
        order_.erase(found->second.position);
        const Held held = found->second;
        alive_.erase(found);
        shelves_.remove(held.standing, held.pile, forget.id, bytes_of(held));
        if (forget.remember_until != base::WallTime{}) gone_[forget.id] = forget.remember_until;
    }
    void improve(const Improve& better) {
        Held& held = alive_.at(better.id);
        shelves_.remove(held.standing, held.pile, better.id, bytes_of(held));
        auto read = std::make_shared<item::Read>(*held.item);
        read->item.nonce = better.nonce;
        held.item = std::move(read);
        held.standing.level = better.level;
        shelves_.add(held.standing, held.pile, better.id, bytes_of(held));
    }
    void clean(const Sweep& sweep) {
        std::erase_if(gone_, [&](const auto& entry) { return entry.second <= sweep.now; });
        std::erase_if(slots_, [&](const auto& entry) { return entry.second.until <= sweep.now; });
    }

    std::map<base::ItemId, Held> alive_;
    std::map<Position, base::ItemId> order_;
    std::map<base::ItemId, base::WallTime> gone_;
    std::map<item::ThingId, Remembered> slots_;
    Shelves shelves_;
    Position next_ = 1;
};

}  // namespace hearsay::core
