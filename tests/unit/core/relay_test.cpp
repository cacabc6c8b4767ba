// relay/relay.hpp: who hears of an item, and what the user learns about an own one.
#include <doctest/doctest.h>

#include "fixture.hpp"

namespace hearsay::core {
namespace {

struct Relaying : Fixture {
    item::Item apple = named("apple", samples::publication({.lifetime = Seconds(86400)}));
    std::string submit(const item::Item& item) { return step(Submit{samples::accepted(item)}); }
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

TEST_CASE_FIXTURE(Relaying, "an item accepted between a link's coming and its Hello is listed to it") {
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

TEST_CASE_FIXTURE(Relaying,
                  "an own item is verified like any other, stored as own and its spreading counted") {
    connect(alice);
    connect(bob);
    CHECK(submit(apple) == "verify apple");
    CHECK(verified(apple) ==
          "store apple; stored own apple; tell alice items apple; spread apple 1; tell bob items apple; "
          "spread apple 2");
}

TEST_CASE_FIXTURE(Relaying, "nothing on a link tells an own item from a relayed one") {
    connect(alice);
    connect(bob);
    submit(apple);
    verified(apple);
    const Effects own = last;
    Fixture other;
    other.connect(other.alice);
    other.connect(other.bob);
    other.connect(other.carol);
    other.receive(other.carol, apple);
    other.verified(apple);
    const auto told = [](const Effects& effects, base::LinkId link) {
        std::vector<base::Bytes> frames;
        for (const Effect& effect : effects)
            if (const auto* send = std::get_if<Send>(&effect); send && send->link == link)
                frames.push_back(*send->frame);
        return frames;
    };
    CHECK(told(own, bob.link) == told(other.last, bob.link));
    CHECK(told(own, alice.link) == told(other.last, alice.link));
}

TEST_CASE_FIXTURE(Relaying, "a relayed item's spreading is nobody's business") {
    connect(alice);
    connect(bob);
    receive(alice, apple);
    CHECK(verified(apple).find("spread") == std::string::npos);
}

TEST_CASE_FIXTURE(Relaying, "an own item that a peer asks for or does not need counts as spread") {
    submit(apple);
    verified(apple);
    connect(bob);
    ask_for_list(bob);
    CHECK(hear(bob, Want{1, {id(apple)}}) == "tell bob items apple; spread apple 1");
    connect(carol);
    ask_for_list(carol);
    CHECK(hear(carol, Want{1, {}}).find("spread apple 2") != std::string::npos);
}

TEST_CASE_FIXTURE(Relaying, "a peer that holds just what we hold has our own items too") {
    submit(apple);
    verified(apple);
    connect(bob);
    const SetSummary ours = store.summary();
    CHECK(hear(bob, Compare{ours.digest(), ours.counters(), ours.count()}) ==
          "tell bob done; spread apple 1");
}

TEST_CASE_FIXTURE(Relaying, "a peer counts once, however often it meets the item") {
    submit(apple);
    verified(apple);
    connect(bob);
    ask_for_list(bob);
    CHECK(hear(bob, Want{1, {}}).find("spread apple 1") != std::string::npos);
    step(LinkDown{bob.link, std::nullopt});
    const Peer again{base::LinkId{77}, bob.key};
    connect(again);
    CHECK(ask_for_list(again).find("have 1") != std::string::npos);
    CHECK(hear(again, Want{1, {}}).find("spread") == std::string::npos);
}

TEST_CASE_FIXTURE(Relaying,
                  "an own item that is in the store already is followed again without a verification") {
    hold(apple);
    restart();
    CHECK(submit(apple) == "");
    connect(bob);
    ask_for_list(bob);
    CHECK(hear(bob, Want{1, {}}).find("spread apple 1") != std::string::npos);
}

TEST_CASE_FIXTURE(Relaying, "an own item that a peer brings while we submit it is still our own") {
    connect(bob);
    SUBCASE("the peer first") {
        receive(bob, apple);
        submit(apple);
    }
    SUBCASE("we first") {
        submit(apple);
        receive(bob, apple);
    }
    CHECK(verified(apple) == "store apple; stored own apple; spread apple 1");
    CHECK(verifications == 1);
}

TEST_CASE_FIXTURE(Relaying, "an own item that is refused is told, at once or after its verification") {
    CHECK(submit(samples::publication({.created = samples::noon - Seconds(36000)})) ==
          "refused item_expired");
    submit(apple);
    CHECK(verified(apple, Fault::item_little_work) == "refused item_little_work");
}

TEST_CASE_FIXTURE(Relaying, "a replaced own item is no longer followed") {
    submit(apple);
    verified(apple);
    connect(bob);  // apple is on the page listed to bob
    const item::Item newer = named("newer", samples::publication({.sequence = 2}));
    submit(newer);
    verified(newer);
    CHECK(hear(bob, Want{1, {}}).find("spread apple") == std::string::npos);
}

TEST_CASE_FIXTURE(Relaying, "an expired own item is no longer followed") {
    submit(apple);
    verified(apple);
    connect(bob);
    now.wall = samples::noon + Seconds(86400);
    CHECK(wait(limits::sweep_interval).find("forget apple expired") != std::string::npos);
    CHECK(hear(bob, Want{1, {}}).find("spread") == std::string::npos);
}

}  // namespace
}  // namespace hearsay::core
