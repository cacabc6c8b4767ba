// market/work.hpp - how much work an item of this node's is to show.
#pragma once

#include "item/standing.hpp"
#include "market/effects.hpp"

namespace hearsay::market {

// The level that an item of ours is to show at this price: none beyond what is asked of all, where
// that is enough; else half a doubling more than it takes now, because what it takes may rise
// meanwhile; but no more than willing_level_max.
item::Level level_at(item::Level price);

// The work that the item is to show: by the price of its class.
FindWork work_for(const item::Read& item, const item::Floors& price);

}  // namespace hearsay::market
