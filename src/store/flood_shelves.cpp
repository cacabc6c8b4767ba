// What the flood store holds of each class and level, kept with every change.
#include <algorithm>

#include "store/flood.hpp"

namespace hearsay::store {

core::Shelves& FloodTxn::own_shelves() {
    shelves();  // reads them
    return *shelves_;
}

void FloodTxn::shelve(const Head& head, core::Position position) {
    own_shelves().add(head.standing(), head.pile, head.id, head.bytes());
    reshelved_.insert(head.standing());
    if (head.pile == core::pile_incumbents) return;
    txn_.put(shared_.tables.piles, pile_key(head.standing(), head.pile),
             pile_value(core::eviction_order(shared_.life, head.id), position));
}

void FloodTxn::unshelve(const Head& head, core::Position position) {
    const core::Shelf* shelf = own_shelves().find(head.standing());
    const bool incumbent = head.pile == core::pile_incumbents;
    const std::uint64_t least = incumbent && shelf ? shelf->incumbent_bytes : UINT64_MAX;
    if (!shelf || shelf->bytes < head.bytes() || least < head.bytes())
        return txn_.fail({base::ErrorCode::corrupt,
                          "the flood database is damaged: a shelf does not hold what it should"});
    own_shelves().remove(head.standing(), head.pile, head.id, head.bytes());
    reshelved_.insert(head.standing());
    if (incumbent) return;
    txn_.erase(shared_.tables.piles, pile_key(head.standing(), head.pile),
               pile_value(core::eviction_order(shared_.life, head.id), position));
}

void FloodTxn::keep_shelves() {
    for (const item::Standing& standing : reshelved_) {
        const core::Shelf* shelf = own_shelves().find(standing);
        if (shelf)
            txn_.put(shared_.tables.shelves, shelf_key(standing), write_shelf(*shelf));
        else
            txn_.erase(shared_.tables.shelves, shelf_key(standing));
    }
}

}  // namespace hearsay::store
