#include "market/search/rated.hpp"

#include <algorithm>

namespace hearsay::market {
namespace {

std::optional<core::Position> position_of(const item::ThingId& thing, const Catalogue& flood) {
    std::optional<core::Position> out;
    flood.things(thing, [&](const item::ThingId& found, const core::SlotState& slot) {
        if (found == thing && !slot.removed) out = flood.position(slot.id);
        return false;
    });
    return out;
}

search::Positions published_by(std::vector<std::string> publishers, const search::Index& index) {
    std::ranges::sort(publishers);
    search::Positions out;
    for (const search::Segment& segment : index.segments())
        std::ranges::copy(
            search::positions_of(index, segment, search::Facet::publisher, publishers),
            std::back_inserter(out));
    return out;
}

void sort_falling(search::Positions& positions) {
    std::ranges::sort(positions, std::greater<>());
}

}  // namespace

bool reaches(const Reputed& reputed, const RatingWish& wish) {
    return reputed.raters >= wish.raters_min && reputed.sum >= wish.mean_min * reputed.raters;
}

search::RatedItems rated_items(const RatingWish& wish, const Reputation& reputation,
                               const search::Index& index, const Catalogue& flood) {
    std::vector<std::string> rated, reaching;
    search::Positions rated_things, reaching_things;
    reputation.each([&](const base::PublisherKey& persona, const Reputed& as_partner,
                        const Reputation::Things& things) {
        if (as_partner.raters > 0) rated.push_back(search::publisher_value(persona));
        if (reaches(as_partner, wish)) reaching.push_back(search::publisher_value(persona));
        for (const auto& [thing, reputed] : things) {
            const auto position = position_of(thing, flood);
            if (!position) continue;
            rated_things.push_back(*position);
            if (reaches(reputed, wish)) reaching_things.push_back(*position);
        }
    });
    sort_falling(rated_things);
    sort_falling(reaching_things);
    // What is said of a thing goes before what is said of its publisher alone.
    const search::Positions others =
        search::without(published_by(std::move(reaching), index), rated_things);
    return {search::either(published_by(std::move(rated), index), rated_things),
            search::either(others, reaching_things)};
}

}  // namespace hearsay::market
