// Watches for a rating: they tell of what is rated so when it comes, and of what gets it later.
#include <doctest/doctest.h>

#include "base/limits/person.hpp"
#include "market/watches/watches.hpp"
#include "searched.hpp"

namespace hearsay::market {
namespace {

struct Fixture {
    Person alice{1};
    SearchedCatalogue flood;

    Effects out;
    Turn turn() { return {alice.now, alice.store, flood, out}; }
    void watch(const std::map<std::string, std::string>& search) {
        REQUIRE(alice.market->add_watch({"good", search, {}, 0}, turn()));
    }
    // What is told of at the next tick and after it: "Bike; ".
    std::string told() {
        out.clear();
        item::Read any;
        any.header.claim = item::Publication{};
        alice.market->on_item_stored(std::make_shared<const item::Read>(any), turn());
        alice.market->on_tick(turn());
        while (alice.market->wants_to_watch()) alice.market->watch_on(turn());
        std::string text;
        for (const Effect& effect : out)
            if (const auto* tell = std::get_if<Tell>(&effect);
                tell && tell->what == Happening::watch_match)
                text += tell->text + "; ";
        return text;
    }
};

TEST_CASE_FIXTURE(Fixture, "an old offer is told of when a rating that comes makes it fit, once") {
    flood.publish(1, "Bike");
    flood.publish(2, "Lamp");
    watch({{"rating", "4"}});
    CHECK(told().empty());
    flood.rate(11, 1, 5);
    flood.rate(11, 2, 2);
    CHECK(told() == "Bike; ");
    flood.rate(12, 1, 5);
    CHECK(told().empty());
    flood.publish(1, "Bread");
    CHECK(told() == "Bread; ");
}

TEST_CASE_FIXTURE(Fixture,
                  "it takes as many personas as the watch asks for, and all else it asks") {
    flood.publish(1, "Bike");
    flood.publish(1, "Bread");
    watch({{"q", "bike"}, {"rated", "2"}});
    flood.rate(11, 1, 1);
    flood.rate(11, 1, 1);
    CHECK(told().empty());
    flood.rate(12, 1, 1);
    CHECK(told() == "Bike; ");
}

TEST_CASE_FIXTURE(Fixture,
                  "what fitted when the watch was made is not told of by a further rating") {
    flood.publish(1, "Bike");
    flood.rate(11, 1, 5);
    watch({{"rating", "4"}});
    flood.rate(12, 1, 5);
    CHECK(told().empty());
    flood.rate(13, 1, 1);
    flood.rate(14, 1, 1);
    CHECK(told().empty());  // 3 now
    for (std::uint8_t by = 20; by < 26; ++by) flood.rate(by, 1, 5);
    CHECK(told() == "Bike; ");  // it fits again
}

TEST_CASE_FIXTURE(Fixture, "a rating of the thing raises that thing only") {
    flood.publish(1, "Bike");
    flood.publish(1, "Lamp");
    watch({{"rating", "4"}});
    flood.rate(11, 1, 5, 1);
    CHECK(told() == "Bike; ");
    flood.rate(12, 1, 5);
    CHECK(told() == "Lamp; ");
}

TEST_CASE_FIXTURE(Fixture, "of very many that a rating raises the newest are told of") {
    for (std::size_t at = 1; at <= base::limits::watch_told_max + 5; ++at)
        flood.publish(1, "Thing " + std::to_string(at));
    watch({{"rating", "4"}});
    flood.rate(11, 1, 5);
    const std::string text = told();
    CHECK(text.starts_with("Thing 6; "));
    CHECK(text.find("Thing 5; ") == std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "a new start tells of nothing twice, also of what was raised") {
    flood.publish(1, "Bike");
    watch({{"rating", "4"}});
    flood.rate(11, 1, 5);
    CHECK(told() == "Bike; ");
    alice.store.commit();
    alice.start();
    CHECK(told().empty());
}

}  // namespace
}  // namespace hearsay::market
