// What the targets reconcile and exchange share: scripts, and a store of items that are nothing but
// their ids.
#pragma once

#include <map>
#include <set>

#include "base/ensure.hpp"
#include "base/limits/items.hpp"
#include "base/rng.hpp"
#include "item/kinds/post.hpp"
#include "item/standing.hpp"
#include "unit/core/even_store.hpp"
#include "unit/item/samples.hpp"

namespace hearsay::core {

class Script {
public:
    explicit Script(base::ByteView bytes) : rest_(bytes) {}
    bool over() const { return rest_.empty(); }
    std::uint8_t byte() {
        if (rest_.empty()) return 0;
        const std::uint8_t out = rest_.front();
        rest_ = rest_.subspan(1);
        return out;
    }
    std::uint32_t number() {
        const std::uint32_t low = byte();
        return low | static_cast<std::uint32_t>(byte()) << 8;
    }

private:
    base::ByteView rest_;
};

// Ids that look random, always the same for the same number.
inline const base::ItemId& numbered(std::uint32_t number) {
    static const std::vector<base::ItemId> made = [] {
        base::Rng rng(samples::filled<base::Secret>(77));
        std::vector<base::ItemId> out(4096);
        for (base::ItemId& id : out) rng.fill(id);
        return out;
    }();
    return made[number % made.size()];
}

// An item's payload is its id, so that whoever gets a copy knows which it is.
class IdItems : public EvenStore {
public:
    item::Standing stands(const base::ItemId& id) const override {
        return {item::StoreClass::posts, static_cast<item::Level>(id.data[5] % 4)};
    }
    void add(const base::ItemId& id) {
        if (!positions_.try_emplace(id, last_ + 1).second) return;
        ids_[++last_] = id;
        count(id);
    }
    void erase(const base::ItemId& id) {
        const auto found = positions_.find(id);
        ids_.erase(found->second);
        positions_.erase(found);
        discount(id);
    }
    bool holds(const base::ItemId& id) const { return positions_.contains(id); }
    std::set<base::ItemId> all() const {
        std::set<base::ItemId> out;
        for (const auto& [id, position] : positions_) out.insert(id);
        return out;
    }
    std::optional<base::ItemId> any(std::uint32_t number) const {
        if (ids_.empty()) return std::nullopt;
        const auto at = ids_.lower_bound(number % (last_ + 1));
        return at == ids_.end() ? ids_.rbegin()->second : at->second;
    }
    static base::ItemId id_of(const item::Item& item) { return *base::ItemId::from(item.payload); }

    std::vector<Stored> newest(Position before, std::size_t most) const override {
        std::vector<Stored> out;
        for (auto at = ids_.lower_bound(before); at != ids_.begin() && out.size() < most;) {
            --at;
            out.push_back({at->first, at->second, stands(at->second)});
        }
        return out;
    }
    std::optional<Position> position(const base::ItemId& id) const override {
        const auto found = positions_.find(id);
        return found == positions_.end() ? std::nullopt : std::optional(found->second);
    }
    Presence presence(const base::ItemId& id) const override {
        return holds(id) ? Presence::alive : Presence::unknown;
    }
    item::ReadPtr get(const base::ItemId& id) const override {
        return holds(id) ? read_of(id) : nullptr;
    }
    // Held or not. Each is a thing of its own.
    item::ReadPtr read_of(const base::ItemId& id) const {
        auto out = std::make_shared<item::Read>();
        out->id = id;
        out->item.payload = base::to_bytes(id.view());
        out->item.nonce = std::uint64_t{stands(id).level} << 56;  // as the simulated network has it
        out->header.network = item::Network::sim;
        out->header.kind = item::kind_post;
        out->header.expires = samples::noon + base::limits::lifetime_max;
        out->version.thing = item::ThingId{id.data};
        ENSURE(item::standing_of(*out) == stands(id), "an item stands as its id says");
        return out;
    }
    std::optional<SlotState> slot(const item::ThingId&) const override { return std::nullopt; }
    std::vector<base::ItemId> expired(base::WallTime, std::size_t) const override { return {}; }
    std::uint64_t alive_count() const override { return ids_.size(); }

private:
    std::map<Position, base::ItemId> ids_;
    std::map<base::ItemId, Position> positions_;
    Position last_ = 0;
};

}  // namespace hearsay::core
