// Searching offers: what a person asks becomes a query of the index, and what it finds is shown as
// any list shows it.
#include <algorithm>

#include "market/address.hpp"
#include "market/offers/offers.hpp"
#include "search/run.hpp"

namespace hearsay::market {
namespace {

using base::ErrorCode;

base::Result<search::Sort> sort_of(std::string_view word) {
    if (word.empty() || word == "newest") return search::Sort::newest;
    if (word == "relevance") return search::Sort::relevance;
    if (word == "price") return search::Sort::price;
    return base::fail(ErrorCode::invalid, "expected to sort by newest, relevance or price");
}

base::Result<search::FacetValue> publisher_facet(const std::string& persona) {
    const auto key = parse_persona(persona);
    if (!key) return base::fail(ErrorCode::invalid, "by: " + key.error().text);
    return search::FacetValue{search::Facet::publisher, search::publisher_value(*key)};
}

base::Result<search::Request> request_of(const SearchDraft& draft) {
    auto query = search::parse_query(draft.words);
    if (!query) return std::unexpected(query.error());
    const auto sort = sort_of(draft.sort);
    if (!sort) return std::unexpected(sort.error());
    search::Request out{*std::move(query), *sort, draft.limit};
    out.cursor = draft.cursor;
    out.currency = search::folded(draft.currency);
    if (out.sort == search::Sort::price && out.currency.empty())
        return base::fail(ErrorCode::invalid,
                          "prices are compared within one currency: give currency, such as EUR");
    for (const auto& [facet, value] :
         {std::pair(search::Facet::kind, &draft.kind), std::pair(search::Facet::tag, &draft.tag),
          std::pair(search::Facet::currency, &draft.currency)}) {
        if (value->empty()) continue;
        std::string whole = search::folded(*value);
        if (whole.empty())
            return base::fail(ErrorCode::invalid,
                              "kind, tag and currency have a letter or a digit at least");
        out.query.facets.push_back({{facet, std::move(whole)}, false});
    }
    if (!draft.by.empty()) out.query.by.push_back({draft.by, false});
    for (const search::By& by : out.query.by) {
        auto facet = publisher_facet(by.persona);
        if (!facet) return std::unexpected(facet.error());
        out.query.facets.push_back({*std::move(facet), by.excludes});
    }
    for (const search::FacetClause& clause : out.query.facets)
        if (clause.facet.facet == search::Facet::kind &&
            clause.facet.value != search::word_of(item::kind_offer))
            return base::fail(ErrorCode::invalid, "no such kind to search; expected offer");
    return out;
}

}  // namespace

base::Result<SearchView> Offers::search(const SearchDraft& draft, const OwnStore& store,
                                        const Catalogue& flood) const {
    const search::Index* const index = flood.index();
    if (!index) return base::fail(ErrorCode::unavailable, "this store keeps no index of words");
    const auto request = request_of(draft);
    if (!request) return std::unexpected(request.error());
    auto answer = search::run(*index, *request);
    if (!answer) return std::unexpected(answer.error());
    SearchView out;
    for (const search::Position position : answer->found)
        if (auto view = shown_view(flood.at(position), store))
            out.found.push_back(*std::move(view));
    out.total = answer->total;
    out.is_more_than = answer->is_more_than;
    out.ranked = answer->ranked;
    out.corrected = std::move(answer->corrected);
    out.cursor = std::move(answer->cursor);
    return out;
}

}  // namespace hearsay::market
