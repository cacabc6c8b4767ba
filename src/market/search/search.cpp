#include "market/search/search.hpp"

#include "base/limits/search_load.hpp"
#include "market/address.hpp"
#include "market/search/rated.hpp"

namespace hearsay::market {
namespace {

base::Error no_index() {
    return {base::ErrorCode::unavailable, "this store keeps no index of words"};
}

}  // namespace

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

void Search::show(item::Kind kind, const item::ReadPtr& read, const OwnStore& store, Sifter& sifter,
                  SearchView& out) const {
    const auto add = [&](auto view, auto& views) {
        if (view && sifter.takes(*read, *view, views.size())) views.push_back(*std::move(view));
    };
    if (kind == item::kind_offer)
        add(offers_.shown(read, store), out.offers);
    else if (kind == item::kind_post)
        add(posts_.shown(read, store), out.posts);
    else
        add(profiles_.shown(read, store), out.profiles);
}

base::Result<SearchedKind> Search::ask(const SearchDraft& draft, const OwnStore& store) const {
    auto asked = read_search(draft);
    if (!asked) return asked;
    for (const search::By& by : asked->request.query.by) {
        auto facet = publisher(by.persona, store);
        if (!facet) return std::unexpected(facet.error());
        asked->request.query.facets.push_back({*std::move(facet), by.excludes});
    }
    return asked;
}

base::Result<Search::Found> Search::find(const SearchDraft& draft, const OwnStore& store,
                                         const Catalogue& flood) const {
    const search::Index* const index = flood.index();
    if (!index) return std::unexpected(no_index());
    auto asked = ask(draft, store);
    if (!asked) return std::unexpected(asked.error());
    if (asked->rating) {
        reputation_.look(flood, *index);
        asked->request.rated = rated_items(*asked->rating, reputation_, *index, true);
    }
    auto answer = search::run(*index, asked->request);
    if (!answer) return std::unexpected(answer.error());
    return Found{asked->kind, *std::move(answer)};
}

bool Search::look_at_ratings(const Catalogue& flood) const {
    const search::Index* const index = flood.index();
    return !index || reputation_.look(flood, *index, base::limits::ratings_a_turn_max);
}

base::Result<Search::Found> Search::find_as_rated(const SearchDraft& draft, const OwnStore& store,
                                                  const Catalogue& flood, core::Position after,
                                                  std::optional<core::Position> rated_since) const {
    const search::Index* const index = flood.index();
    if (!index) return std::unexpected(no_index());
    auto asked = ask(draft, store);
    if (!asked) return std::unexpected(asked.error());
    if (asked->rating) {
        asked->request.rated = rated_since
                                   ? risen_items(*asked->rating, reputation_, *index, *rated_since)
                                   : rated_items(*asked->rating, reputation_, *index, false);
        if (asked->request.rated->reaching.empty()) return Found{asked->kind, {}};
    }
    asked->request.after = after;
    asked->request.corrects = false;
    auto answer = search::run(*index, asked->request);
    if (!answer) return std::unexpected(answer.error());
    return Found{asked->kind, *std::move(answer)};
}

base::Result<SearchView> Search::search(const SearchDraft& draft, const OwnStore& store,
                                        const Catalogue& flood) const {
    auto found = find(draft, store, flood);
    if (!found) return std::unexpected(found.error());
    search::Answer& answer = found->answer;
    SearchView out;
    Sifter sifter(judge_, draft.show_hidden);
    for (const search::Position position : answer.found)
        show(found->kind, flood.at(position), store, sifter, out);
    out.hidden = sifter.counts();
    out.total = answer.total;
    out.is_more_than = answer.is_more_than;
    out.unrated = answer.unrated;
    out.ranked = answer.ranked;
    out.corrected = std::move(answer.corrected);
    out.cursor = std::move(answer.cursor);
    return out;
}

}  // namespace hearsay::market
