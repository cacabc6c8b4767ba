// search/run.hpp - answers a query from the index.
//
// In order, segment by segment, newest first:
//   1. The lists of a clause's words are joined: the word itself, words that it begins (of a
//      segment prefix_terms_max at most; then there may be more matches), and stems in the
//      languages that items state. Clauses and facets are intersected, what is excluded is
//      taken away.
//   2. What is not held any more is passed over, and what does not reach the ratings asked for.
//   3. Phrases and ranges of price are looked at in the item itself. An answer reads at most
//      search_reads_max items for that, with search_tokens_max words; its cursor goes on after
//      them.
//   4. newest: done as soon as the page is full and search_counted_max matches are counted.
//      relevance, price: the newest search_ranked_max matches are read and sorted, as long as
//      they have no more than search_tokens_max words.
//   5. Nothing found: words that no item holds are replaced by the most common one at one edit from
//      them (a letter more, less or other, or two neighbours exchanged), and the answer says so.
//      At most search_walked_max terms of the dictionary are compared for a query, of those with
//      the same first letter; a wrong first letter is tried with the letters a to z.
//
// A page's cursor names a position, so items that come or go meanwhile, or whose rating changes,
// neither repeat nor hide others. Sorted pages go on among what was there at the first page. The
// order of relevance uses how common a word is in steps of two, so that it does not change with
// each item that comes.
//
// Errors: `invalid` for a cursor that is not one of this search and life.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "search/index.hpp"
#include "search/lists.hpp"
#include "search/query.hpp"

namespace hearsay::search {

enum class Sort { newest, relevance, price };

// What the market knows of ratings, as positions.
struct RatedItems {
    Positions rated;     // by anybody
    Positions reaching;  // of them: what is asked for
};

struct Request {
    Query query;  // `by` is among the facets already
    Sort sort = Sort::newest;
    std::size_t limit = 0;
    std::string cursor{};  // empty: the first page
    // Of the price, in millionths; only items with a price in `currency` (folded) then. A price
    // that is a range fits if the two ranges touch.
    std::optional<std::int64_t> price_min{}, price_max{};
    std::string currency{};             // Sort::price needs it
    std::optional<RatedItems> rated{};  // only what reaches it is found
    Position after = 0;                 // only what came later
    bool corrects = true;               // rule 5
};

struct Answer {
    std::vector<Position> found;  // at most `limit`
    // All matches; with is_more_than at least so many. Of what has to be read only those of this
    // page are known.
    std::uint64_t total = 0;
    bool is_more_than = false;
    // Left out of them because nobody rated it; at most search_counted_max are counted, phrases and
    // prices aside.
    std::uint64_t unrated = 0;
    std::uint64_t ranked = 0;  // how many of the newest matches were sorted; 0 for newest
    std::vector<std::pair<std::string, std::string>> corrected;  // what was written, what was found
    std::string cursor;  // of the next page; empty: there is none
};

base::Result<Answer> run(const Index& index, const Request& request);

// Whether the item has the words of the clause one after the other in one of its texts, the last
// one perhaps as a beginning.
bool has_phrase(const Fields& fields, const Clause& clause, Tokens& scratch);

}  // namespace hearsay::search
