// base/limits/search_load.hpp - what one piece of searching may cost, whatever strangers wrote.
#pragma once

#include <cstddef>

namespace hearsay::base::limits {

// Terms of a segment that a beginning stands for, of which two letters of a natural language have
// some thousand; and those that go on with the same letter. Each costs 0.1 us.
inline constexpr std::size_t prefix_terms_max = 16 * 1024;
inline constexpr std::size_t prefix_family_max = 2048;
// Words of the items that are read again for a phrase in one answer, or to be sorted: 20 to 80 ns
// each. A thousand texts of 8 KiB can have eight million of them.
inline constexpr std::uint64_t search_tokens_max = 256 * 1024;
// Ratings that a turn reads for watches, 5 us each, and items that it follows to find rated things.
// A minute's flood of 20 a second is one turn.
inline constexpr std::size_t ratings_a_turn_max = 2000;

}  // namespace hearsay::base::limits
