// search/lists.hpp - sets of positions, newest first, and the words that make them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "search/index.hpp"
#include "search/query.hpp"

namespace hearsay::search {

using Positions = std::vector<Position>;  // falling, none twice

bool contains(const Positions& all, Position position);
Positions both(const Positions& a, const Positions& b);
Positions either(const Positions& a, const Positions& b);
Positions without(const Positions& a, const Positions& b);

// What a word stands for: whole terms, and perhaps all terms that begin with it.
struct Expanded {
    std::vector<std::string> terms;  // the word itself first
    bool is_prefix = false;
};
// `languages`: those whose stems are looked for.
Expanded expand(const Word& word, const std::vector<std::string>& languages, Stemmer& stemmer);
Expanded expand(const FacetClause& clause);

// Its positions in one segment; `weight` gains the bytes of its lists, which tell how common it is.
Positions positions_of(const Index& index, const Segment& segment, const Expanded& word,
                       std::uint64_t& weight);
// Those of the items with one of these terms, which rise and may be many: neighbours are walked
// instead of looked up one by one, so it costs a comparison a term and no more looks than the
// segment has terms beside them.
Positions positions_of(const Index& index, const Segment& segment,
                       const std::vector<std::string_view>& terms);
// Every item of the segment.
Positions all_positions(const Index& index, const Segment& segment);
// Whether an item that is held has the term; as a beginning, one that begins with it.
bool is_used(const Index& index, const std::vector<Segment>& segments, std::string_view term,
             bool is_prefix = false);

}  // namespace hearsay::search
