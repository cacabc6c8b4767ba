#include "sim/checks/stored_items.hpp"

#include "base/limits/items.hpp"
#include "item/kinds/picture.hpp"
#include "sim/hiding.hpp"

namespace hearsay::sim {

void StoredItems::on_step(std::uint32_t at, const core::Input&, const core::Effects& effects) {
    std::size_t stored = 0;
    std::size_t told = 0;
    for (const core::Effect& effect : effects) {
        if (const auto* store = std::get_if<core::Store>(&effect)) {
            ++stored;
            check(at, *store->item);
        }
        if (const auto* better = std::get_if<core::Improve>(&effect)) check(at, *better);
        const auto* notify = std::get_if<core::Notify>(&effect);
        if (notify && std::holds_alternative<core::ItemStored>(notify->notice)) ++told;
    }
    if (told != stored)
        failures_.add(at, "S5: it tells of " + std::to_string(told) + " items and stores " +
                              std::to_string(stored));
}

// One that is stored and made better in the same step is not there yet.
void StoredItems::check(std::uint32_t at, const core::Improve& better) {
    const MemoryStore& store = view_.nodes[at].store;
    const item::ReadPtr held = store.get(better.id);
    if (!held) return;
    item::Read now = *held;
    now.item.nonce = better.nonce;
    if (!view_.oracle.is_genuine(now)) failures_.add(at, "S1: it takes a nonce that nobody found");
    if (item::level_of(now) != better.level || better.level <= store.standing(better.id)->level)
        failures_.add(at, "S1: it takes a nonce that is no better");
}

void StoredItems::check(std::uint32_t at, const item::Read& item) {
    const auto fail = [&](const std::string& what) { failures_.add(at, what); };
    if (!view_.oracle.is_genuine(item)) return fail("S1: it stores an item that nobody made");
    const ItemNumber number = *view_.oracle.find(item.id);
    const std::string name = "item " + std::to_string(number);
    const base::WallTime wall = view_.time_of(at).wall;
    if (item.header.expires <= wall) fail("S2: it stores " + name + ", which is expired");
    if (item.header.created > wall + base::limits::future_max)
        fail("S2: it stores " + name + " from the future");
    if (holdings_.has_dropped(at, number))
        fail("S3: " + name + " was superseded or removed there, and returns");
    for (const ItemNumber newer : view_.oracle[number].newer)
        if (holdings_.has_stored(at, newer))
            fail("S3: it stores " + name + " and had its newer version, item " +
                 std::to_string(newer));
    if (item.header.kind == item::kind_picture && !view_.nodes[at].takes_pictures)
        fail("S14: it stores " + name + ", a picture, and takes none");
    if (lays_aside(view_.nodes[at], at, view_.oracle[number]))
        fail("S15: it stores " + name + ", which its lists hide");
    if (view_.holds(at, number)) fail("S5: it stores " + name + " twice");
}

}  // namespace hearsay::sim
