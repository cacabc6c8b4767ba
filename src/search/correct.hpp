// search/correct.hpp - the word that somebody may have meant. Rule 5 of search/run.hpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "search/index.hpp"

namespace hearsay::search {

// Whether one letter more, less or other, or two neighbours exchanged, makes one of the other.
// Both UTF-8.
bool is_one_edit(std::string_view a, std::string_view b);

// The most common word of items that are held, at one edit from it; at a tie the first in order.
// Nothing for words of fewer than corrected_letters_min letters.
// `walked`: terms that were compared, for all words of a query together; what it adds ends at
// search_walked_max.
std::optional<std::string> correction(const Index& index, const std::vector<Segment>& segments,
                                      std::string_view word, std::size_t& walked);

}  // namespace hearsay::search
