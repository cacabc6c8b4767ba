#include "market/search/rated.hpp"

#include <algorithm>
#include <functional>
#include <iterator>

namespace hearsay::market {
namespace {

using Terms = std::vector<std::string_view>;

search::Positions published_by(const Terms& publishers, const search::Index& index) {
    search::Positions out;
    for (const search::Segment& segment : index.segments())
        std::ranges::copy(search::positions_of(index, segment, publishers),
                          std::back_inserter(out));
    return out;
}

}  // namespace

bool reaches(const Reputed& reputed, const RatingWish& wish) {
    return reputed.raters >= wish.raters_min && reputed.sum >= wish.mean_min * reputed.raters;
}

search::RatedItems risen_items(const RatingWish& wish, const Reputation& reputation,
                               const search::Index& index, core::Position since) {
    const Reputation::Risen risen =
        reputation.risen(since, [&](const Reputed& each) { return reaches(each, wish); });
    if (risen.personas.empty()) return {risen.things, risen.things};
    search::Positions rated_things;
    for (const Reputation::Thing& thing : reputation.things())
        if (thing.position != 0) rated_things.push_back(thing.position);
    std::ranges::sort(rated_things, std::greater<>());
    const Terms terms(risen.personas.begin(), risen.personas.end());
    search::Positions out =
        search::either(search::without(published_by(terms, index), rated_things), risen.things);
    return {out, out};
}

search::RatedItems rated_items(const RatingWish& wish, const Reputation& reputation,
                               const search::Index& index, bool counts) {
    Terms rated, reaching;
    for (const Reputation::Persona& persona : reputation.personas()) {
        if (counts) rated.push_back(persona.term);
        if (reaches(persona.as_partner, wish)) reaching.push_back(persona.term);
    }
    search::Positions rated_things, reaching_things;
    for (const Reputation::Thing& thing : reputation.things()) {
        if (thing.position == 0) continue;
        rated_things.push_back(thing.position);
        if (reaches(thing.reputed, wish)) reaching_things.push_back(thing.position);
    }
    std::ranges::sort(rated_things, std::greater<>());
    std::ranges::sort(reaching_things, std::greater<>());
    // What is said of a thing goes before what is said of its publisher alone.
    const search::Positions others = search::without(published_by(reaching, index), rated_things);
    search::Positions reaching_all = search::either(others, reaching_things);
    if (!counts) return {reaching_all, reaching_all};
    return {search::either(published_by(rated, index), rated_things), std::move(reaching_all)};
}

}  // namespace hearsay::market
