// market/search/request.hpp - what a person asks becomes a query of the index.
//
//   1. An answer is of one kind: the draft's, else what `kind:` says in its words, else offers.
//   2. A field that the kind does not have is refused: nothing could be found.
//   3. A value that no item can have is refused, with what is expected. What is a rule of the item
//      is asked of the item's rules. Small and capital letters are the same.
//   4. Prices are compared within one currency, in millionths of its unit.
//   5. A field may have several values with commas between them: any of them will do. So "only what
//      I can pay with" is one search.
//   6. A rating has stars from 1 to 5, in millionths of one. Who asks for ratings in any way asks
//      for at least one.
#pragma once

#include "base/error.hpp"
#include "item/item.hpp"
#include "market/search/views.hpp"
#include "search/run.hpp"

namespace hearsay::market {

// What ratings are asked for (market/reputation/reputation.hpp says what counts).
struct RatingWish {
    std::int64_t mean_min = 0;  // in millionths of a star
    std::uint32_t raters_min = 1;
};

struct SearchedKind {
    item::Kind kind{};
    search::Request request{};  // without the personas of `request.query.by`, and without `rated`
    std::optional<RatingWish> rating{};
};

// Errors: invalid.
base::Result<SearchedKind> read_search(const SearchDraft& draft);

// "12", "12.5" or "12,50" as 12'500'000; nothing: it is no such number, has more than six
// decimals, or is too large.
std::optional<std::int64_t> micros_in(std::string_view text);

}  // namespace hearsay::market
