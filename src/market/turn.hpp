// market/turn.hpp - what the market works with in one turn of the node. The caller owns it all;
// nothing keeps a Turn.
//
//   now    one instant for the whole turn: the time by which the market lives,
//          not necessarily the machine's clock
//   store  the person's own store, inside a transaction that the caller commits or rolls back
//   flood  what floods, as this turn sees it
//   out    effects are appended in the order in which they are to be done;
//          SaveVault comes before what depends on it
#pragma once

#include "base/time.hpp"
#include "market/catalogue.hpp"
#include "market/effects.hpp"
#include "market/own_store.hpp"

namespace hearsay::market {

struct Turn {
    base::WallTime now;
    OwnStore& store;
    const Catalogue& flood;
    Effects& out;
};

}  // namespace hearsay::market
