#include "core/retention/shelves.hpp"

#include "base/ensure.hpp"

namespace hearsay::core {

void Shelves::add(const item::Standing& standing, Pile pile, const base::ItemId& id,
                  std::uint64_t bytes) {
    Shelf& shelf = shelves_[standing];
    Total& total = totals_[index(standing.of)];
    shelf.ids.add(id);
    all_.add(id);
    shelf.bytes += bytes;
    total.bytes += bytes;
    bytes_ += bytes;
    if (pile != pile_incumbents) return;
    shelf.incumbent_bytes += bytes;
    total.incumbent += bytes;
}

void Shelves::remove(const item::Standing& standing, Pile pile, const base::ItemId& id,
                     std::uint64_t bytes) {
    const auto found = shelves_.find(standing);
    ENSURE(found != shelves_.end() && found->second.bytes >= bytes,
           "what is taken from a shelf lies on it");
    Shelf& shelf = found->second;
    Total& total = totals_[index(standing.of)];
    shelf.ids.remove(id);
    all_.remove(id);
    shelf.bytes -= bytes;
    total.bytes -= bytes;
    bytes_ -= bytes;
    if (pile == pile_incumbents) {
        shelf.incumbent_bytes -= bytes;
        total.incumbent -= bytes;
    }
    if (shelf.ids.count() == 0) shelves_.erase(found);
}

void Shelves::set(const item::Standing& standing, const Shelf& shelf) {
    Total& total = totals_[index(standing.of)];
    if (const auto found = shelves_.find(standing); found != shelves_.end()) {
        all_.remove(found->second.ids);
        bytes_ -= found->second.bytes;
        total.bytes -= found->second.bytes;
        total.incumbent -= found->second.incumbent_bytes;
        shelves_.erase(found);
    }
    if (shelf.ids.count() == 0) return;
    shelves_[standing] = shelf;
    all_.add(shelf.ids);
    bytes_ += shelf.bytes;
    total.bytes += shelf.bytes;
    total.incumbent += shelf.incumbent_bytes;
}

SetSummary Shelves::summary(const item::Floors& floors) const {
    if (floors == item::Floors{}) return all_;
    SetSummary out;
    for (const auto& [standing, shelf] : shelves_)
        if (item::is_above(standing, floors)) out.add(shelf.ids);
    return out;
}

const Shelf* Shelves::find(const item::Standing& standing) const {
    const auto found = shelves_.find(standing);
    return found == shelves_.end() ? nullptr : &found->second;
}

void Shelves::sanity_check() const {
    SetSummary all;
    std::uint64_t bytes = 0;
    std::array<Total, item::store_classes> totals{};
    for (const auto& [standing, shelf] : shelves_) {
        ENSURE(shelf.ids.count() > 0, "an empty shelf");
        ENSURE(shelf.incumbent_bytes <= shelf.bytes, "more incumbents than there is");
        all.add(shelf.ids);
        bytes += shelf.bytes;
        totals[index(standing.of)].bytes += shelf.bytes;
        totals[index(standing.of)].incumbent += shelf.incumbent_bytes;
    }
    ENSURE(all == all_ && bytes == bytes_ && totals == totals_, "shelves are added up wrongly");
}

}  // namespace hearsay::core
