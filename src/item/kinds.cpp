#include "item/kinds.hpp"

#include "item/kinds/offer.hpp"
#include "item/kinds/rating.hpp"

namespace hearsay::item {

std::optional<std::string> content_problem(const Read& item) {
    if (const Publication* publication = item.header.publication();
        publication && publication->removed)
        return std::nullopt;
    switch (item.header.kind) {
        case kind_offer: {
            const auto offer = read_offer(item.item.payload);
            if (!offer) return "an offer that does not parse";
            return offer_problem(*offer);
        }
        case kind_rating:
            return rating_content_problem(item);
        default:
            return std::nullopt;
    }
}

}  // namespace hearsay::item
