// market/search/search.hpp - finds offers, posts and profiles by words and fields, and shows them
// as lists do. Nobody is asked: what the flood store holds is searched, by its index. One's own
// that are not out yet are in no flood store and so not found. What the user's lists hide is left
// out of its page, and counted: a page may be shorter then, and no list makes one dearer.
//
// Where a rating is asked for, what nobody rated is left out, and counted. Data flow one way: the
// ratings that are here (Reputation) become a set of places once a question (rated.hpp), and the
// index is searched among these.
#pragma once

#include "market/catalogue.hpp"
#include "market/offers/offers.hpp"
#include "market/posts/posts.hpp"
#include "market/profiles/profiles.hpp"
#include "market/reputation/reputation.hpp"
#include "market/search/request.hpp"
#include "market/search/views.hpp"

namespace hearsay::market {

class Search final {
public:
    Search(const Identity& identity, const Offers& offers, const Profiles& profiles,
           const Posts& posts, Reputation& reputation, const Judge& judge)
        : identity_(identity),
          offers_(offers),
          profiles_(profiles),
          posts_(posts),
          reputation_(reputation),
          judge_(judge) {}

    // What is found, and of which kind; errors as of search().
    struct Found {
        item::Kind kind{};
        search::Answer answer;
    };
    base::Result<Found> find(const SearchDraft& draft, const OwnStore& store,
                             const Catalogue& flood) const;

    // For who asks much and has time, as watches do: the ratings are brought up to date piece by
    // piece, and a question is answered by what they say then. What nobody rated is not counted.
    // True: nothing is left to read, of what is here now.
    bool look_at_ratings(const Catalogue& flood) const;
    // Only what came `after` that position; no word is corrected. `rated_since`: where a rating is
    // asked for, only what reaches it by ratings that came after that position.
    base::Result<Found> find_as_rated(const SearchDraft& draft, const OwnStore& store,
                                      const Catalogue& flood, core::Position after,
                                      std::optional<core::Position> rated_since = {}) const;
    // invalid: the query, the cursor or a field, and what was expected; unavailable: a store
    // without an index.
    base::Result<SearchView> search(const SearchDraft& draft, const OwnStore& store,
                                    const Catalogue& flood) const;

private:
    base::Result<SearchedKind> ask(const SearchDraft& draft, const OwnStore& store) const;
    base::Result<search::FacetValue> publisher(const std::string& persona,
                                               const OwnStore& store) const;
    void show(item::Kind kind, const item::ReadPtr& read, const OwnStore& store, Sifter& sifter,
              SearchView& out) const;

    const Identity& identity_;
    const Offers& offers_;
    const Profiles& profiles_;
    const Posts& posts_;
    Reputation& reputation_;  // a table of what floods: asking brings it up to date
    const Judge& judge_;
};

}  // namespace hearsay::market
