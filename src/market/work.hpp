// market/work.hpp - how much work an item of this node's is to show.
#pragma once

#include "item/standing.hpp"
#include "market/effects.hpp"

namespace hearsay::market {

// What is asked of all. If that is not enough to be kept (`price`: the level that an item of each
// class takes now), half a doubling more than it takes, because that may rise meanwhile; but no
// more than willing_level_max.
FindWork work_for(const item::Read& item, const item::Floors& price);

}  // namespace hearsay::market
