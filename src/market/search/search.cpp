#include "market/search/search.hpp"

#include "market/address.hpp"

namespace hearsay::market {

// An own persona may be told by its name. What looks like an address is none.
base::Result<search::FacetValue> Search::publisher(const std::string& persona,
                                                   const OwnStore& store) const {
    const auto value = [](const base::PublisherKey& key) {
        return search::FacetValue{search::Facet::publisher, search::publisher_value(key)};
    };
    const auto address = parse_persona(persona);
    if (address) return value(*address);
    if (const auto own = identity_.persona(persona, store)) return value(own->key);
    return base::fail(base::ErrorCode::invalid,
                      "by: expected the name of a persona of yours, or an address (hsp1...): " +
                          address.error().text);
}

void Search::show(item::Kind kind, const item::ReadPtr& read, const OwnStore& store,
                  SearchView& out) const {
    if (kind == item::kind_offer) {
        if (auto view = offers_.shown_view(read, store)) out.offers.push_back(*std::move(view));
    } else if (kind == item::kind_post) {
        if (auto view = posts_.shown_view(read, store)) out.posts.push_back(*std::move(view));
    } else if (auto view = profiles_.shown_view(read, store)) {
        out.profiles.push_back(*std::move(view));
    }
}

base::Result<SearchView> Search::search(const SearchDraft& draft, const OwnStore& store,
                                        const Catalogue& flood) const {
    const search::Index* const index = flood.index();
    if (!index)
        return base::fail(base::ErrorCode::unavailable, "this store keeps no index of words");
    auto asked = read_search(draft);
    if (!asked) return std::unexpected(asked.error());
    for (const search::By& by : asked->request.query.by) {
        auto facet = publisher(by.persona, store);
        if (!facet) return std::unexpected(facet.error());
        asked->request.query.facets.push_back({*std::move(facet), by.excludes});
    }
    auto answer = search::run(*index, asked->request);
    if (!answer) return std::unexpected(answer.error());
    SearchView out;
    for (const search::Position position : answer->found)
        show(asked->kind, flood.at(position), store, out);
    out.total = answer->total;
    out.is_more_than = answer->is_more_than;
    out.ranked = answer->ranked;
    out.corrected = std::move(answer->corrected);
    out.cursor = std::move(answer->cursor);
    return out;
}

}  // namespace hearsay::market
