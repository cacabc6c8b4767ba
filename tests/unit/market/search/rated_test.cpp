// Searching by what those who traded said.
#include "market/search/rated.hpp"

#include <doctest/doctest.h>

#include "base/encoding.hpp"
#include "searched.hpp"

namespace hearsay::market {
namespace {

struct Fixture : Searcher {
    // "Lamp; Bike; " and, where any are left out for lack of a rating, "2 unrated".
    std::string found(const SearchDraft& draft) const {
        const auto view = ask(draft);
        if (!view) return view.error().text;
        const std::string unrated = std::to_string(view->unrated) + " unrated";
        return titles(*view) + (view->unrated == 0 ? "" : unrated);
    }
    std::string rated_so(const std::string& stars) const { return found({.rating = stars}); }
};

TEST_CASE_FIXTURE(Fixture,
                  "what is asked to be rated is found if its publisher's ratings reach it") {
    flood.publish(1, "Bike");
    flood.publish(2, "Lamp");
    flood.publish(3, "Chair");
    flood.rate(11, 1, 5);
    flood.rate(12, 1, 4);
    flood.rate(11, 2, 2);
    CHECK(found({}) == "Chair; Lamp; Bike; ");
    CHECK(rated_so("4") == "Bike; 1 unrated");
    CHECK(rated_so("4.5") == "Bike; 1 unrated");
    CHECK(rated_so("4.500001") == "1 unrated");
    CHECK(rated_so("1") == "Lamp; Bike; 1 unrated");
    CHECK(found({.rated = "1"}) == "Lamp; Bike; 1 unrated");
    CHECK(found({.rated = "2"}) == "Bike; 1 unrated");
    CHECK(found({.rating = "2", .rated = "2"}) == "Bike; 1 unrated");
    CHECK(found({.words = "lamp ", .rating = "4"}).empty());
    CHECK(found({.words = "chair ", .rating = "4"}) == "1 unrated");
}

TEST_CASE_FIXTURE(Fixture, "who rated often is one voice, with the mean of its stars") {
    flood.publish(1, "Bike");
    for (int trade = 0; trade < 9; ++trade) flood.rate(11, 1, 5);
    flood.rate(12, 1, 1);
    CHECK(rated_so("3") == "Bike; ");
    CHECK(rated_so("3.1").empty());
    CHECK(found({.rated = "3"}).empty());
}

TEST_CASE_FIXTURE(Fixture, "what is said of the thing counts for the thing, and for no other") {
    flood.publish(1, "Bike");
    flood.publish(1, "Lamp");
    flood.publish(2, "Chair");
    flood.rate(11, 1, 5);
    flood.rate(12, 1, 1, 1);  // of the bike
    flood.rate(13, 2, 4, 3);  // of the chair, whose maker nobody rated
    flood.publish(2, "Table");
    CHECK(rated_so("4") == "Chair; Lamp; 1 unrated");
    CHECK(rated_so("3") == "Chair; Lamp; Bike; 1 unrated");
    CHECK(found({.rated = "2"}) == "Bike; 1 unrated");
    flood.rate(11, 1, 3, 1);  // who rated both is one voice: 4, beside 1
    CHECK(found({.rating = "2.5", .rated = "2"}) == "Bike; 1 unrated");
    CHECK(found({.rating = "2.6", .rated = "2"}) == "1 unrated");
    CHECK(found({.rated = "3"}) == "1 unrated");
}

TEST_CASE_FIXTURE(Fixture, "a rating that is gone counts no more, and a new one counts at once") {
    flood.publish(1, "Bike");
    const core::Position bad = flood.rate(11, 1, 1);
    CHECK(rated_so("4").empty());
    flood.rate(12, 1, 5);
    CHECK(rated_so("3") == "Bike; ");
    CHECK(rated_so("4").empty());
    flood.end(bad);
    CHECK(rated_so("5") == "Bike; ");
    flood.wipe();
    CHECK(alice.market->ratings(persona_of(1), flood).newest.empty());
}

TEST_CASE_FIXTURE(Fixture, "who looks at an offer is told of its own ratings and its maker's") {
    flood.publish(1, "Bike");
    flood.publish(1, "Lamp");
    flood.rate(11, 1, 5);
    const core::Position bad = flood.rate(12, 1, 1, 1);
    flood.rate(12, 1, 3, 2);
    flood.rate(13, 2, 4);
    const auto bike = ask({.words = "bike "});
    REQUIRE(bike);
    const OfferView& offer = bike->offers.front();
    const OfferRatings told = alice.market->ratings_of(offer, flood);
    CHECK(told.maker.count == 1);
    CHECK(told.maker.stars == 5);
    CHECK(told.thing.count == 1);
    CHECK(told.thing.stars == 1);
    REQUIRE(alice.market->ratings(offer.thing, flood).newest.size() == 1);
    CHECK(alice.market->ratings(offer.thing, flood).newest.front().stars == 1);
    CHECK(alice.market->ratings(persona_of(1), flood).newest.size() == 1);
    flood.end(bad);
    CHECK(alice.market->ratings_of(offer, flood).thing.count == 0);
    CHECK(alice.market->ratings(offer.thing, flood).newest.empty());
    CHECK(alice.market->ratings(offer.thing, flood).all.count == 0);
}

TEST_CASE_FIXTURE(Fixture, "of many ratings all count, and the newest are shown") {
    flood.publish(1, "Bike");
    for (std::uint8_t stars = 1; stars <= 5; ++stars) {
        flood.rate(static_cast<std::uint8_t>(10 + stars), 1, stars);
        flood.rate(static_cast<std::uint8_t>(20 + stars), 1, 1, 1);  // of the thing
        flood.rate(static_cast<std::uint8_t>(10 + stars), 2, 1);     // of another
    }
    const RatingsView some = alice.market->ratings(persona_of(1), flood, 2);
    CHECK(some.all.count == 5);
    CHECK(some.all.stars == 15);
    REQUIRE(some.newest.size() == 2);
    CHECK(some.newest[0].stars == 5);
    CHECK(some.newest[1].stars == 4);
    const auto bike = ask({.words = "bike "});
    REQUIRE(bike);
    const RatingsView thing = alice.market->ratings(bike->offers.front().thing, flood, 3);
    CHECK(thing.all.count == 5);
    CHECK(thing.all.stars == 5);
    CHECK(thing.newest.size() == 3);
}

TEST_CASE_FIXTURE(Fixture, "ratings are read in pieces, until nothing is left") {
    flood.publish(1, "Bike");
    for (int i = 0; i < 3; ++i) flood.rate(11, 1, 4);
    int pieces = 1;
    while (!alice.market->look_at_ratings(flood)) REQUIRE(++pieces < 10);
    CHECK(alice.market->ratings(persona_of(1), flood).all.count > 0);
    CHECK(alice.market->look_at_ratings(flood));
}

TEST_CASE_FIXTURE(Fixture, "posts and profiles have the rating of their persona") {
    flood.publish(1, item::kind_profile, item::write_profile({"Ann", "", {}, {}}));
    flood.publish(2, item::kind_profile, item::write_profile({"Bob", "", {}, {}}));
    flood.rate(11, 1, 4);
    CHECK(found({.kind = "profile", .rating = "4"}) == "profile Ann; 1 unrated");
}

TEST_CASE_FIXTURE(Fixture, "pages of what is rated repeat nothing, whatever is rated meanwhile") {
    for (std::uint8_t persona = 1; persona <= 6; ++persona) {
        flood.publish(persona, "Bike " + std::to_string(persona));
        if (persona != 4) flood.rate(20, persona, 5);
    }
    SearchDraft draft{.rating = "5"};
    draft.limit = 2;
    auto page = ask(draft);
    REQUIRE(page);
    CHECK(page->offers.size() == 2);
    CHECK(page->offers.back().text.title == "Bike 5");
    CHECK(page->total == 5);
    CHECK(page->unrated == 1);
    flood.rate(21, 6, 1);  // of the first page: it does not come again
    flood.rate(21, 4, 5);  // it comes now
    flood.rate(21, 2, 1);  // it comes no more
    draft.cursor = page->cursor;
    page = ask(draft);
    REQUIRE(page);
    REQUIRE(page->offers.size() == 2);
    CHECK(page->offers[0].text.title == "Bike 4");
    CHECK(page->offers[1].text.title == "Bike 3");
    draft.cursor = page->cursor;
    page = ask(draft);
    REQUIRE(page);
    REQUIRE(page->offers.size() == 1);
    CHECK(page->offers[0].text.title == "Bike 1");
    CHECK(page->cursor.empty());
}

TEST_CASE_FIXTURE(Fixture, "a rating is asked for in stars from 1 to 5, by one persona or more") {
    for (const char* const stars : {"0", "0.9", "5.1", "-1", "good", "4,5,3"})
        CHECK(rated_so(stars).find("stars from 1 to 5") != std::string::npos);
    for (const char* const raters : {"0", "-1", "1.5", "many", "99999999999"})
        CHECK(found({.rated = raters}).find("1 or more") != std::string::npos);
    CHECK(rated_so("4,5").empty());
}

TEST_CASE_FIXTURE(Fixture, "a watch may ask for ratings") {
    Effects out;
    const Turn turn{alice.now, alice.store, flood, out};
    flood.publish(1, "Old bike");
    flood.rate(11, 1, 5);
    REQUIRE(alice.market->add_watch({"good", {{"rating", "4"}, {"rated", "1"}}, {}, 0}, turn));
    CHECK_FALSE(alice.market->add_watch({"bad", {{"rating", "9"}}, {}, 0}, turn));
    flood.publish(1, "New bike");
    flood.publish(2, "Unrated bike");
    item::Read any;
    any.header.claim = item::Publication{};
    alice.market->on_item_stored(std::make_shared<const item::Read>(any), turn);
    out.clear();
    alice.market->on_tick(turn);
    while (alice.market->wants_to_watch()) alice.market->watch_on(turn);
    std::string told;
    for (const Effect& effect : out)
        if (const auto* tell = std::get_if<Tell>(&effect); tell && tell->topic == "good")
            told += tell->text + "; ";
    CHECK(told == "New bike; ");
}

}  // namespace
}  // namespace hearsay::market
