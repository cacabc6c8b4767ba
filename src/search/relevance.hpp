// search/relevance.hpp - how well an item fits words: Robertson's BM25F, in whole thousandths.
//
// A word counts more in the title than in tags, lines and text; a word that it only begins, or a
// stem, counts half. Many occurrences count less and less, and a long item's less than a short
// one's. How rare a word is in the index counts in steps of two (search/run.hpp says why).
// The lengths are compared with that of a usual offer and not with the mean of the index, so that
// an item's score depends on nothing but itself.
#pragma once

#include <cstdint>
#include <vector>

#include "search/fields.hpp"
#include "search/query.hpp"

namespace hearsay::search {

class Relevance {
public:
    // `weights`: how common each word of each clause is; as many as there are words.
    Relevance(const std::vector<Clause>& clauses,
              const std::vector<std::vector<std::uint64_t>>& weights);
    std::int64_t score(const Fields& fields, Tokens& scratch) const;

private:
    struct Wanted {
        std::string letters;
        double rarity = 0;
    };
    std::vector<Wanted> words_;
};

}  // namespace hearsay::search
