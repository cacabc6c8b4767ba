// Any bytes as the payload of a kind: a byte that says which, then the payload. The rules are
// total, and what they say is a sentence. What was read is written again with the same bytes: there
// is one encoding.
#include <array>

#include "base/ensure.hpp"
#include "item/kinds.hpp"
#include "item/kinds/app_data.hpp"
#include "item/kinds/list.hpp"
#include "item/kinds/mailbox.hpp"
#include "item/kinds/picture.hpp"
#include "item/kinds/post.hpp"
#include "item/kinds/profile.hpp"
#include "item/kinds/rating.hpp"
#include "item/mailbox.hpp"

namespace hearsay {
namespace {

constexpr std::array<item::Kind, 8> kinds{
    item::kind_offer, item::kind_rating,   item::kind_profile, item::kind_post,
    item::kind_list,  item::kind_app_data, item::kind_mailbox, item::kind_picture};

void check_offer(base::ByteView payload) {
    const auto offer = item::read_offer(payload);
    if (!offer) return;
    ENSURE(item::write_offer(*offer) == base::to_bytes(payload), "an offer changed");
    (void)item::exchange_of(*offer);
    if (offer->price) ENSURE(!item::describe(*offer->price).empty(), "a price without words");
    if (item::offer_problem(*offer)) return;
    ENSURE(offer->geohash.size() <= item::offer_geohash_letters_max, "too fine a place");
    ENSURE(!offer->price || offer->price->amount_most == 0 ||
               offer->price->amount < offer->price->amount_most,
           "a range that ends before it begins");
}

void check_list(base::ByteView payload) {
    const auto list = item::read_list(payload);
    if (!list) return;
    ENSURE(item::write_list(*list) == base::to_bytes(payload), "a list changed");
    ENSURE(list->entries.size() <= item::list_entries_max, "too many entries");
    if (item::list_problem(*list)) return;
    for (std::size_t at = 1; at < list->entries.size(); ++at)
        ENSURE(list->entries[at].subject != list->entries[at - 1].subject, "one subject twice");
}

void check_others(base::ByteView payload) {
    const base::Bytes bytes = base::to_bytes(payload);
    if (const auto profile = item::read_profile(payload))
        ENSURE(item::write_profile(*profile) == bytes, "a profile changed");
    if (const auto post = item::read_post(payload))
        ENSURE(item::write_post(*post) == bytes, "a post changed");
    if (const auto data = item::read_app_data(payload))
        ENSURE(item::write_app_data(*data) == bytes, "an application's data changed");
    if (const auto key = item::read_mailbox(payload))
        ENSURE(item::write_mailbox(*key) == bytes, "a mailbox's key changed");
    if (const auto rating = item::read_rating(payload))
        ENSURE(item::write_rating(*rating) == bytes, "a rating changed");
}

}  // namespace
}  // namespace hearsay

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearsay;
    if (size == 0) return 0;
    const base::ByteView payload(data + 1, size - 1);
    item::Read read;
    read.header.kind = kinds[data[0] % kinds.size()];
    item::Publication claim;
    // A header that names the payload's mailbox, if it has one.
    if (const auto key = item::read_mailbox(payload)) claim.mailbox = item::mailbox_id(*key);
    if (const auto offer = item::read_offer(payload); offer && offer->mailbox)
        claim.mailbox = item::mailbox_id(*offer->mailbox);
    if (claim.mailbox) claim.slot = item::mailbox_slot(*claim.mailbox);
    read.header.claim = claim;
    read.item.payload = base::to_bytes(payload);
    if (const auto problem = item::content_problem(read)) ENSURE(!problem->empty(), "no sentence");
    if (const auto key = item::mailbox_key_in(read))
        ENSURE(item::mailbox_id(*key) == read.header.publication()->mailbox, "another's key");
    check_offer(payload);
    check_others(payload);
    check_list(payload);
    return 0;
}
