// market/publications/named.hpp - a thing of whatever kind by its id or a beginning of it.
#pragma once

#include <string_view>

#include "market/publications/publications.hpp"

namespace hearsay::market {

// What is one's own or here. A whole id need not be here. Errors: not_found, or invalid if it is no
// id or not unique.
base::Result<item::ThingId> named_publication(std::string_view id_or_beginning,
                                              const Publications& publications,
                                              const Catalogue& flood);

}  // namespace hearsay::market
