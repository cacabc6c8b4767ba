// item/kinds.hpp - the registry of kinds: one file a kind under item/kinds/, each with its limits
// and rules. A kind that is not listed is relayed within the common limits.
#pragma once

#include <optional>
#include <string>

#include "item/item.hpp"
#include "item/kinds/offer.hpp"

namespace hearsay::item {

// Rule 9 of item.hpp: what is wrong with the content, in words, or nothing. Unknown kinds: nothing.
// A removal has an empty payload whatever its kind.
std::optional<std::string> content_problem(const Read& item);

}  // namespace hearsay::item
