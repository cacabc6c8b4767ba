// What of each kind of item can be searched.
#include "search/fields.hpp"

#include <algorithm>
#include <limits>

#include <doctest/doctest.h>

#include "item/kinds.hpp"
#include "item/kinds/post.hpp"
#include "item/kinds/profile.hpp"

namespace hearsay::search {
namespace {

Fields of_offer(const item::OfferText& offer) {
    const auto out = fields_of(item::kind_offer, item::write_offer(offer));
    REQUIRE(out);
    return *out;
}

// Of one facet, in their order, with a comma between.
std::string values(const Fields& fields, Facet facet) {
    std::string out;
    for (const FacetValue& each : fields.facets)
        if (each.facet == facet) out += (out.empty() ? "" : ",") + each.value;
    return out;
}

TEST_CASE("an offer is found by each of its fields") {
    item::OfferText offer{"Bicycle", "", "", "", {"city"}};
    offer.side = item::Side::wanted;
    offer.status = item::OfferStatus::reserved;
    offer.condition = item::Condition::like_new;
    offer.category = "sport/bicycles/parts";
    offer.country = "DE";
    offer.geohash = "u33d";
    offer.delivery = {"pickup", "post"};
    offer.payment = {"cash", "xmr"};
    offer.language = "de";
    offer.details = {{"Rahmen", "56 cm"}};
    const Fields fields = of_offer(offer);
    CHECK(values(fields, Facet::kind) == "offer");
    CHECK(values(fields, Facet::side) == "wanted");
    CHECK(values(fields, Facet::status) == "reserved");
    CHECK(values(fields, Facet::condition) == "like new");
    CHECK(values(fields, Facet::category) == "sport,sport/bicycles,sport/bicycles/parts");
    CHECK(values(fields, Facet::country) == "de");
    CHECK(values(fields, Facet::geohash) == "u,u3,u33,u33d");
    CHECK(values(fields, Facet::delivery) == "pickup,post");
    CHECK(values(fields, Facet::payment) == "cash,xmr");
    CHECK(values(fields, Facet::language) == "de");
    CHECK(values(fields, Facet::tag) == "city");
    CHECK(fields.language == "de");
    CHECK(fields.lines.back() == "56 cm");
    CHECK_FALSE(fields.price);
}

TEST_CASE("what an offer does not say is no facet, but side and status always are") {
    const Fields fields = of_offer({"Bicycle", "", "", ""});
    CHECK(values(fields, Facet::side) == "offered");
    CHECK(values(fields, Facet::status) == "active");
    CHECK(fields.facets.size() == 3);
}

TEST_CASE("a price is compared in millionths of its currency") {
    const auto price = [](std::uint64_t amount, std::uint32_t decimals, std::uint64_t most = 0) {
        item::OfferText offer{"Bicycle", "", "", ""};
        offer.price = item::Price{
            .amount = amount, .amount_most = most, .currency = "XMR", .decimals = decimals};
        const Fields fields = of_offer(offer);
        CHECK(values(fields, Facet::currency) == "xmr");
        REQUIRE(fields.price);
        CHECK(fields.price->currency == "xmr");
        return std::pair(fields.price->micros, fields.price->micros_most);
    };
    using Range = std::pair<std::int64_t, std::int64_t>;
    CHECK(price(8050, 2) == Range(80'500'000, 0));
    CHECK(price(3, 0, 5) == Range(3'000'000, 5'000'000));
    CHECK(price(1'234'567'890'123, 12) == Range(1'234'567, 0));
    CHECK(price(1, 18) == Range(0, 0));
    constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
    CHECK(price(UINT64_MAX, 0) == Range(largest, 0));
    CHECK(price(UINT64_MAX, 6) == Range(largest, 0));
    CHECK(price(largest / 10 + 1, 5) == Range(largest, 0));
}

TEST_CASE("without an amount there is no price, and a currency is a facet all the same") {
    item::OfferText offer{"Bicycle", "", "", ""};
    offer.price = item::Price{.mode = item::PriceMode::negotiable, .currency = "EUR"};
    CHECK_FALSE(of_offer(offer).price);
    CHECK(values(of_offer(offer), Facet::currency) == "eur");
    offer.price = item::Price{.mode = item::PriceMode::free};
    CHECK_FALSE(of_offer(offer).price);
    CHECK(values(of_offer(offer), Facet::currency).empty());
}

TEST_CASE("categories that agree in their first letters are told apart") {
    const std::string same = std::string(32, 'a') + "/" + std::string(31, 'b');
    const std::string one = facet_value(Facet::category, same + "c");
    CHECK(one.size() == base::limits::term_bytes_max);
    CHECK(one != facet_value(Facet::category, same + "d"));
    CHECK(one == facet_value(Facet::category, same + "c"));
    CHECK(facet_value(Facet::category, "sport/bicycles") == "sport/bicycles");
}

TEST_CASE("an offer with all that it may have keeps all its facets") {
    item::OfferText offer{"Bicycle", "", "", ""};
    for (char c = 'a'; offer.tags.size() < item::offer_tags_max; ++c)
        offer.tags.push_back({'t', c});
    for (char c = 'a'; offer.delivery.size() < item::offer_deliveries_max; ++c)
        offer.delivery.push_back({'d', c});
    for (char c = 'a'; offer.payment.size() < item::offer_payments_max; ++c)
        offer.payment.push_back({'p', c});
    offer.category = "a/b/c/d";
    offer.country = "DE";
    offer.geohash = "u33d";
    offer.language = "de";
    offer.condition = item::Condition::good;
    offer.price = item::Price{.amount = 1, .currency = "EUR"};
    REQUIRE_FALSE(item::offer_problem(offer));
    Fields fields = of_offer(offer);
    fields.facets.push_back({Facet::publisher, "somebody"});
    CHECK(fields.facets.size() <= base::limits::item_facets_max);
}

TEST_CASE("posts and profiles are kinds of their own") {
    const auto post = fields_of(
        item::kind_post,
        item::write_post(
            {.title = "Spring", .text = "It runs.", .tags = {"garden"}, .language = "en"}));
    REQUIRE(post);
    CHECK(values(*post, Facet::kind) == "post");
    CHECK(values(*post, Facet::tag) == "garden");
    CHECK(values(*post, Facet::language) == "en");
    CHECK(post->language == "en");
    CHECK(post->title == "Spring");
    CHECK(post->text == "It runs.");
    const auto profile =
        fields_of(item::kind_profile,
                  item::write_profile({.nickname = "Ann", .about = "Lamps", .languages = {"de"}}));
    REQUIRE(profile);
    CHECK(values(*profile, Facet::kind) == "profile");
    CHECK(profile->title == "Ann");
    CHECK(profile->text == "Lamps");
    CHECK(profile->language == "de");
}

TEST_CASE("who speaks several languages wrote in one of them, and nobody knows which") {
    const auto profile = fields_of(
        item::kind_profile, item::write_profile({.nickname = "Ann", .languages = {"de", "en"}}));
    REQUIRE(profile);
    CHECK(values(*profile, Facet::language) == "de,en");
    CHECK(profile->language.empty());
}

TEST_CASE("what does not parse, or is of another kind, is not searched") {
    const base::Bytes rubbish{0xFF, 0x01};
    for (const item::Kind kind : {item::kind_offer, item::kind_post, item::kind_profile})
        CHECK_FALSE(fields_of(kind, rubbish));
    CHECK_FALSE(fields_of(item::Kind{9}, {}));
}

}  // namespace
}  // namespace hearsay::search
