// One side of a comparison, for the target reconcile: a store of ids, and those that its user's
// lists hide and it lays aside.
#pragma once

#include "core/reconcile/reconcile.hpp"
#include "reconcile_support.hpp"

namespace hearsay::core {

struct Side {
    IdItems store;
    Retention retention;
    FloorTable floors;
    LaidAside aside;
    Ingest ingest{samples::network, retention, [](base::LinkId) { return pile_visitors; }, &aside};
    Traffic traffic;
    Reconcile mind;
    std::uint8_t hidden = 0;  // by its lists: so many eighths of all
    explicit Side(std::uint8_t seed)
        : mind(base::Rng(samples::filled<base::Secret>(seed)), floors, traffic, &aside) {}
    bool hides(const base::ItemId& id) const { return id.data[6] % 8 < hidden; }
    void lay_aside(const base::ItemId& id) {
        aside.add(*store.read_of(id));
        for (const LaidAside::Change& change : aside.take_changes()) mind.on_aside(change);
    }
    void change_lists(std::uint8_t eighths, base::Now now, Effects& out) {
        hidden = eighths;
        aside.clear();
        mind.on_aside_cleared(now, out);
    }
    bool wants(const base::ItemId& id) const {
        return item::is_above(store.stands(id), floors.ours());
    }
    void forget(const base::ItemId& id) {
        mind.on_forgotten(id, store);
        store.erase(id);
    }
};

inline std::optional<base::Fault> give(Side& side, base::LinkId link, const Message& message,
                                       base::Now now, Effects& out) {
    if (const auto* compare = std::get_if<Compare>(&message))
        return side.mind.on_compare(link, *compare, now, side.store, out);
    if (const auto* symbols = std::get_if<Symbols>(&message))
        return side.mind.on_symbols(link, *symbols, now, side.store, out);
    if (const auto* more = std::get_if<More>(&message))
        return side.mind.on_more(link, *more, now, side.store, out);
    if (const auto* fetch = std::get_if<Fetch>(&message))
        return side.mind.on_fetch(link, *fetch, now, side.store, out);
    if (const auto* done = std::get_if<Done>(&message))
        return side.mind.on_done(link, *done, now, out);
    if (const auto* have = std::get_if<Have>(&message))
        return side.mind.on_have(link, *have, side.ingest, now, side.store, out);
    if (const auto* want = std::get_if<Want>(&message)) {
        std::vector<base::ItemId> has;
        return side.mind.on_want(link, *want, now, side.store, has, out);
    }
    return std::nullopt;
}

}  // namespace hearsay::core
