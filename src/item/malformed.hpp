// item/malformed.hpp - which rule an item_malformed breaks, for the log: whoever writes another
// program learns more from it than from the fault's name. A constant text, nothing of the item's
// own.
#pragma once

#include <string_view>

#include "item/item.hpp"

namespace hearsay::item {

// Empty: none of those that read() calls item_malformed.
std::string_view malformed_by(const Item& item);

}  // namespace hearsay::item
