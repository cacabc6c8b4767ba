// search/lists.hpp - sets of positions, newest first, and the words that make them.
#pragma once

#include <functional>
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

// Terms of a segment that begin so, in their order, each with its list or the pieces of it.
// Strangers choose the words and can write millions that begin alike. So at most prefix_terms_max
// are visited, and of those that go on with one letter prefix_family_max: words that somebody made
// up do not keep the others from being found. False: not all were visited.
bool each_beginning(const Index& index, const Segment& segment, std::string_view beginning,
                    const std::function<void(std::string_view, base::ByteView)>& visit);

// Its positions in one segment; `weight` gains the bytes of its lists, which tell how common it is.
// `is_cut` becomes true if each_beginning() left some out.
Positions positions_of(const Index& index, const Segment& segment, const Expanded& word,
                       std::uint64_t& weight, bool& is_cut);
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
