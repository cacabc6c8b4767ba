// What the user has from elsewhere (core/inputs.hpp, Brought): checked as a peer's, told to who
// brought it, and nobody is blamed for it or pushed it.
#include <doctest/doctest.h>

#include "base/limits/items.hpp"
#include "base/limits/relay.hpp"
#include "fixture.hpp"

namespace hearsay::core {
namespace {

struct Bringing : Fixture {
    item::Item apple = named("apple", samples::publication());
    Bringing() { connect(alice); }
    std::string bring(const item::Item& item) { return step(Brought{item}); }
};

TEST_CASE_FIXTURE(Bringing, "it is verified and stored, and its bearer is told; peers are not") {
    CHECK(bring(apple) == "verify apple");
    CHECK(verified(apple) == "store apple; judged apple stored; stored apple");
    CHECK(holds(apple));
    CHECK(receive(alice, apple) == "");
}

TEST_CASE_FIXTURE(Bringing, "what is held already costs no verification") {
    hold(apple);
    CHECK(bring(apple) == "judged apple held");
    CHECK(verifications == 0);
}

TEST_CASE_FIXTURE(Bringing, "what is wrong with it is told, and no link ends for it") {
    CHECK(bring(apple) == "verify apple");
    CHECK(verified(apple, Fault::item_bad_signature) == "judged apple refused item_bad_signature");
    item::Item broken = apple;
    broken.header.push_back(0);
    CHECK(step(Brought{named("broken", broken)}) == "judged broken refused item_malformed");
    now.wall += 2 * limits::lifetime_max;
    CHECK(bring(apple) == "judged apple refused item_expired");
    CHECK(linked(alice));
}

TEST_CASE_FIXTURE(Bringing, "a peer's copy that came first decides, whoever's is the bad one") {
    receive(alice, apple);
    item::Item spoiled = apple;
    spoiled.nonce = 666;
    CHECK(bring(spoiled) == "");
    CHECK(verified(apple).starts_with("store apple; judged apple stored; stored apple"));
}

TEST_CASE_FIXTURE(Bringing, "a bad copy of a peer's does not cost the one that was brought") {
    item::Item spoiled = apple;
    spoiled.nonce = 666;
    receive(alice, spoiled);
    bring(apple);
    verified(apple, Fault::item_little_work);
    CHECK(verified(apple).starts_with("store apple; judged apple stored; stored apple"));
    CHECK_FALSE(linked(alice));
}

TEST_CASE_FIXTURE(Bringing, "a bad copy that was brought does not cost the peer's") {
    item::Item spoiled = apple;
    spoiled.nonce = 666;
    bring(spoiled);
    receive(alice, apple);
    CHECK(verified(apple, Fault::item_little_work) ==
          "verify apple; judged apple refused item_little_work");
    verified(apple);
    CHECK(holds(apple));
    CHECK(linked(alice));
}

TEST_CASE_FIXTURE(Bringing, "what is decided otherwise while it is verified is told, too") {
    bring(apple);
    SUBCASE("it came from elsewhere") {
        hold(apple);
        CHECK(verified(apple) == "judged apple held");
    }
    SUBCASE("a newer version came") {
        hold(named("newer", samples::publication({.sequence = 2})));
        CHECK(verified(apple) == "judged apple busy");
    }
    SUBCASE("it expired") {
        now.wall += 2 * limits::lifetime_max;
        CHECK(verified(apple) == "judged apple busy");
    }
    CHECK(verified(apple) == "nothing was asked");
}

TEST_CASE_FIXTURE(Bringing, "beyond brought_max that wait, the bearer is told to come again") {
    for (std::uint32_t at = 0; at < limits::brought_max; ++at)
        step(Brought{samples::mail({.slot = at})});
    CHECK(bring(apple) == "judged apple busy");
    CHECK_FALSE(holds(apple));
}

}  // namespace
}  // namespace hearsay::core
