// Searching as a person asks for it. What the index itself finds: tests/unit/search.
#include "base/limits/search.hpp"

#include <doctest/doctest.h>

#include "fakes.hpp"
#include "item/kinds/post.hpp"
#include "item/kinds/profile.hpp"
#include "market/address.hpp"
#include "market/search/request.hpp"
#include "searched.hpp"

namespace hearsay::market {
namespace {

using base::ErrorCode;

struct Fixture : Searcher {
    std::string titles(const SearchDraft& draft) const {
        const auto view = ask(draft);
        return view ? Searcher::titles(*view) : view.error().text;
    }
    static SearchDraft words(std::string text) {
        SearchDraft out;
        out.words = std::move(text);
        return out;
    }
};

TEST_CASE_FIXTURE(Fixture, "offers are found by words, by publisher and by tag, newest first") {
    const auto shop = flood.publish(1, "Old bike", {"bike"});
    flood.publish(2, "New bike");
    flood.publish(1, "Lamp");
    CHECK(titles(words("BIKE ")) == "New bike; Old bike; ");
    SearchDraft storefront;
    storefront.by = persona_address(shop);
    CHECK(titles(storefront) == "Lamp; Old bike; ");
    CHECK(titles(words("by:" + persona_address(shop) + " bike")) == "Old bike; ");
    CHECK(titles(words("-by:" + persona_address(shop))) == "New bike; ");
    SearchDraft tagged;
    tagged.tag = "Bike";
    CHECK(titles(tagged) == "Old bike; ");
    CHECK(titles(words("kind:offer lamp")) == "Lamp; ");
    CHECK(ask(words("bike "))->total == 2);
}

item::OfferText bicycle() {
    item::OfferText out{"Bicycle", "", "", ""};
    out.category = "sport/bicycles";
    out.country = "DE";
    out.geohash = "u33d";
    out.condition = item::Condition::for_parts;
    out.delivery = {"post"};
    out.payment = {"cash", "xmr"};
    out.language = "en";
    out.price = item::Price{.amount = 8050, .currency = "EUR", .decimals = 2};
    return out;
}

TEST_CASE_FIXTURE(Fixture, "offers are found by their fields, however the letters are written") {
    flood.publish(1, bicycle());
    item::OfferText wanted{"Tent", "", "", ""};
    wanted.side = item::Side::wanted;
    wanted.status = item::OfferStatus::sold;
    wanted.price = item::Price{.amount = 3, .currency = "XMR"};
    flood.publish(2, wanted);
    CHECK(titles({}) == "Tent; Bicycle; ");
    CHECK(titles({.side = "Wanted"}) == "Tent; ");
    CHECK(titles({.status = "sold"}) == "Tent; ");
    CHECK(titles({.status = "active"}) == "Bicycle; ");
    CHECK(titles({.currency = "xmr"}) == "Tent; ");
    for (const SearchDraft& draft : std::vector<SearchDraft>{{.language = "en"},
                                                             {.condition = "for-parts"},
                                                             {.category = "sport"},
                                                             {.category = "Sport/Bicycles"},
                                                             {.country = "de"},
                                                             {.geohash = "u33"},
                                                             {.country = "DE", .geohash = "U33D"},
                                                             {.delivery = "post"},
                                                             {.payment = "XMR"}})
        CHECK(titles(draft) == "Bicycle; ");
    for (const SearchDraft& draft : std::vector<SearchDraft>{{.language = "de"},
                                                             {.category = "bicycles"},
                                                             {.category = "sport/bicycles/parts"},
                                                             {.country = "AT"},
                                                             {.geohash = "u34"},
                                                             {.payment = "btc"},
                                                             {.side = "wanted", .country = "DE"}})
        CHECK(titles(draft).empty());
}

TEST_CASE_FIXTURE(Fixture, "of several values of a field any will do, and fields are all asked") {
    flood.publish(1, bicycle());  // cash or xmr
    item::OfferText tent{"Tent", "", "", ""};
    tent.payment = {"sepa"};
    tent.condition = item::Condition::good;
    flood.publish(2, tent);
    CHECK(titles({.payment = "sepa,cash"}) == "Tent; Bicycle; ");
    CHECK(titles({.payment = "XMR, btc"}) == "Bicycle; ");
    CHECK(titles({.payment = "btc,ltc"}).empty());
    CHECK(titles({.condition = "good,new", .payment = "cash,sepa"}) == "Tent; ");
    CHECK(titles({.category = "food,sport"}) == "Bicycle; ");
}

TEST_CASE_FIXTURE(Fixture, "prices are numbers as they are typed, within one currency") {
    flood.publish(1, bicycle());
    const auto found = [&](const std::string& least, const std::string& most) {
        return titles({.currency = "EUR", .price_min = least, .price_max = most}) == "Bicycle; ";
    };
    CHECK(found("80.50", "80,5"));
    CHECK(found("", "81"));
    CHECK(found("80.5", ""));
    CHECK_FALSE(found("80.500001", ""));
    CHECK_FALSE(found("", "80.499999"));
    CHECK(titles({.currency = "USD", .price_max = "81"}).empty());
}

TEST_CASE("a number has a point or a comma and up to six decimals") {
    CHECK(micros_in("12") == 12'000'000);
    CHECK(micros_in("0.000001") == 1);
    CHECK(micros_in(".5") == 500'000);
    CHECK(micros_in("9223372036854.775807") == INT64_MAX);
    for (const char* text : {"", ".", "1.", "1.2.3", "-1", "1e3", " 1", "1.0000001",
                             "9223372036854.775808", "99999999999999999999"}) {
        CAPTURE(text);
        CHECK_FALSE(micros_in(text));
    }
}

TEST_CASE_FIXTURE(Fixture, "an answer is of one kind, offers if nobody says which") {
    flood.publish(1, "Bicycle in spring");
    flood.publish(2, item::kind_post,
                  item::write_post({.title = "Spring", .tags = {"garden"}, .language = "en"}));
    flood.publish(3, item::kind_profile,
                  item::write_profile({.nickname = "Spring", .languages = {"de"}}));
    CHECK(titles({.words = "spring"}) == "Bicycle in spring; ");
    CHECK(titles({.words = "spring", .kind = "post"}) == "post Spring; ");
    CHECK(titles({.words = "spring kind:profile"}) == "profile Spring; ");
    CHECK(titles({.words = "kind:post", .kind = "post"}) == "post Spring; ");
    CHECK(titles({.kind = "post", .tag = "garden"}) == "post Spring; ");
    CHECK(titles({.kind = "profile", .language = "de"}) == "profile Spring; ");
    CHECK(titles({.kind = "profile", .language = "en"}).empty());
}

TEST_CASE_FIXTURE(Fixture, "an own persona is told by its name, too") {
    const auto shop =
        alice.turn([&](const Turn& turn) { return alice.market->new_persona("shop", turn); });
    REQUIRE(shop);
    CHECK(titles({.by = "shop"}).empty());
    flood.publish(1, "Lamp");
    CHECK(titles({.words = "-by:shop"}) == "Lamp; ");
    CHECK(titles({.by = "shops"}).find("the name of a persona of yours") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "what cannot be asked is refused with what was expected") {
    const auto refused = [&](const SearchDraft& draft, std::string_view expected) {
        const auto view = ask(draft);
        REQUIRE_FALSE(view);
        CHECK(view.error().code == ErrorCode::invalid);
        CAPTURE(view.error().text);
        CHECK(view.error().text.find(expected) != std::string::npos);
    };
    refused(words("?!"), "no letter");
    refused(words("by:bob"), "hsp1");
    refused(words("kind:mail x"), "expected offer, post or profile");
    refused({.kind = "?"}, "expected offer, post or profile");
    refused({.words = "-kind:post"}, "one kind");
    refused({.words = "kind:post", .kind = "offer"}, "one kind");
    refused({.sort = "size"}, "newest, relevance or price");
    refused({.sort = "price"}, "currency");
    refused({.tag = "?"}, "a letter or a digit");
    refused({.words = "x", .cursor = "n-1"}, "cursor");
    refused({.side = "both"}, "offered or wanted");
    refused({.condition = "broken"}, "new, like-new, good, used or for-parts");
    refused({.status = "gone"}, "active, reserved or sold");
    refused({.category = "sport//x"}, "sport/bicycles");
    refused({.country = "Germany"}, "country");
    refused({.geohash = "u33dc"}, "geohash");
    refused({.language = "german"}, "two or three small letters");
    refused({.payment = "in cash"}, "way of payment");
    refused({.currency = "euros please"}, "EUR");
    refused({.payment = "cash,"}, "a letter or a digit");
    refused({.payment = "cash,in cash"}, "way of payment");
    refused({.condition = "new,broken"}, "new, like-new, good, used or for-parts");
    refused({.currency = "EUR,XMR", .price_min = "1"}, "one currency");
    std::string many = "a";
    for (std::size_t at = 1; at <= base::limits::query_terms_max; ++at) many += ",b";
    refused({.tag = many}, "at most 24 values");
    refused({.price_min = "1"}, "give currency");
    refused({.currency = "EUR", .price_min = "cheap"}, "12.50");
    refused({.currency = "EUR", .price_min = "2", .price_max = "1"}, "above");
    refused({.kind = "post", .side = "wanted"}, "a post has no side");
    refused({.kind = "profile", .tag = "x"}, "a profile has no tag");
    refused({.kind = "post", .currency = "EUR", .sort = "price"}, "has no currency");
    refused({.kind = "post", .sort = "price"}, "only offers");
}

TEST_CASE_FIXTURE(Fixture, "a store without an index says that it has none") {
    const auto view = alice.market->search(words("x"), alice.store, MemoryCatalogue());
    REQUIRE_FALSE(view);
    CHECK(view.error().code == ErrorCode::unavailable);
}

}  // namespace
}  // namespace hearsay::market
