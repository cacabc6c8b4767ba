// unit/core/even_store.hpp - of a store in which all items stand alike, unless a test says
// otherwise, and none makes room: what the core asks about that.
#pragma once

#include "core/store_view.hpp"

namespace hearsay::core {

class EvenStore : public StoreView {
public:
    std::optional<item::Standing> standing(const base::ItemId& id) const override {
        if (!position(id)) return std::nullopt;
        return stands(id);
    }
    const Shelves& shelves() const override { return shelves_; }
    std::vector<PileCount> lowest_piles(item::StoreClass, item::Level) const override { return {}; }
    std::vector<Evictable> on_pile(item::StoreClass, const PileCount&, std::size_t,
                                   std::size_t) const override {
        return {};
    }

protected:
    virtual item::Standing stands(const base::ItemId&) const { return {}; }
    static constexpr std::uint64_t bytes = 1000;  // of each
    void count(const base::ItemId& id) { shelves_.add(stands(id), pile_incumbents, id, bytes); }
    void discount(const base::ItemId& id) {
        shelves_.remove(stands(id), pile_incumbents, id, bytes);
    }

private:
    Shelves shelves_;
};

}  // namespace hearsay::core
