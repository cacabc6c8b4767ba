#include "item/kinds.hpp"

#include "item/kinds/app_data.hpp"
#include "item/kinds/list.hpp"
#include "item/kinds/mailbox.hpp"
#include "item/kinds/offer.hpp"
#include "item/kinds/picture.hpp"
#include "item/kinds/post.hpp"
#include "item/kinds/profile.hpp"
#include "item/kinds/rating.hpp"
#include "item/mailbox.hpp"

namespace hearsay::item {

std::optional<std::string> content_problem(const Read& item) {
    if (const Publication* publication = item.header.publication();
        publication && publication->removed)
        return std::nullopt;
    switch (item.header.kind) {
        case kind_offer: {
            const auto offer = read_offer(item.item.payload);
            if (!offer) return "an offer that does not parse";
            if (auto problem = mailbox_key_problem(item, offer->mailbox)) return problem;
            return offer_problem(*offer);
        }
        case kind_rating:
            return rating_content_problem(item);
        case kind_profile:
            return profile_content_problem(item);
        case kind_picture:
            return picture_content_problem(item);
        case kind_post: {
            const auto post = read_post(item.item.payload);
            if (!post) return "a post that does not parse";
            return post_problem(*post);
        }
        case kind_mailbox:
            return mailbox_content_problem(item);
        case kind_app_data: {
            const auto data = read_app_data(item.item.payload);
            if (!data) return "data of an application that do not parse";
            return app_data_problem(*data);
        }
        case kind_list: {
            const auto list = read_list(item.item.payload);
            if (!list) return "a list that does not parse, or of too many entries";
            return list_problem(*list);
        }
        default:
            return std::nullopt;
    }
}

}  // namespace hearsay::item
