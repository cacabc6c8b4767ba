// search/query.hpp - what somebody wrote into the search field, as clauses.
//
//   words                all of them, in any order and any field
//   "some words"         one after the other in one field
//   -word -"some words"  items without them
//   kind:offer tag:bike by:PERSONA, also with - before them
//                        whole values of fields; any other word with a colon is words
//   bicy                 the last word is also the beginning of one, unless a blank follows it, it
//                        stands in quotes, or it has a single letter
// A word of a script without spaces becomes its pairs of letters; a single such letter is always a
// beginning (search/tokens.hpp). A word that the tokenizer cuts in several is all of them.
//
// Total: any bytes are a query or an error for a person. At most query_bytes_max bytes and
// query_terms_max words and fields.
#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"
#include "search/fields.hpp"

namespace hearsay::search {

struct Word {
    std::string letters;
    bool is_prefix = false;
    bool operator==(const Word&) const = default;
};

struct Clause {
    std::vector<Word> words;  // at least one
    bool is_phrase = false;   // of two words or more
    bool excludes = false;
    bool operator==(const Clause&) const = default;
};

struct FacetClause {
    FacetValue facet;
    bool excludes = false;
    std::vector<std::string> others{};  // values of the same field that will do as well
    bool operator==(const FacetClause&) const = default;
};

// A persona as it was written: only the market can read addresses and the user's own names.
struct By {
    std::string persona;
    bool excludes = false;
    bool operator==(const By&) const = default;
};

struct Query {
    std::vector<Clause> clauses;
    std::vector<FacetClause> facets;
    std::vector<By> by;
    bool operator==(const Query&) const = default;
};

// Errors: `invalid` only. Nothing but blanks is the query for everything.
base::Result<Query> parse_query(std::string_view text);

}  // namespace hearsay::search
