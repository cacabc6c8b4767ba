// relay/relay.hpp: who hears of an item.
#include <doctest/doctest.h>

#include "fixture.hpp"

namespace hearsay::core {
namespace {

struct Relaying : Fixture {
    item::Item apple = named("apple", samples::publication({.lifetime = Seconds(86400)}));
};

TEST_CASE_FIXTURE(Relaying, "an item goes to greeted, identified links only") {
    connect(alice);
    up(bob);  // not greeted
    const Peer ghost = named(66, 0, "ghost");
    step(LinkUp{ghost.link, std::nullopt, false});
    greet(ghost);
    connect(carol);
    receive(alice, apple);
    CHECK(verified(apple) == "store apple; stored apple; tell carol items apple");
}

TEST_CASE_FIXTURE(Relaying,
                  "an item accepted between a link's coming and its Hello is listed to it") {
    up(bob);
    hold(apple);
    greet(bob);
    CHECK(ask_for_list(bob) == "tell bob have 1: apple");
}

TEST_CASE_FIXTURE(Relaying, "all links are given the very same frame") {
    connect(alice);
    connect(bob);
    connect(carol);
    receive(alice, apple);
    verified(apple);
    const auto* first = std::get_if<Send>(&last[last.size() - 2]);
    const auto* second = std::get_if<Send>(&last[last.size() - 1]);
    REQUIRE(first);
    REQUIRE(second);
    CHECK(first->frame == second->frame);
}

}  // namespace
}  // namespace hearsay::core
