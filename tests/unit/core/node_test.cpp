// core/node.hpp and core/retention: one deadline, bounded steps, and the same effects from the same
// inputs.
#include <doctest/doctest.h>

#include "base/limits/relay.hpp"
#include "fixture.hpp"
#include "pair.hpp"

namespace hearsay::core {
namespace {

struct Running : Fixture {
    std::size_t count_forgotten() const {
        return static_cast<std::size_t>(std::count_if(
            last.begin(), last.end(),
            [](const Effect& effect) { return std::holds_alternative<Forget>(effect); }));
    }
};

TEST_CASE_FIXTURE(Running, "an idle node sweeps every sweep_interval and does nothing between") {
    CHECK(step(TimerFired{}) == "sweep");
    CHECK(node->next_deadline() == now.mono + limits::sweep_interval);
    CHECK(wait(limits::sweep_interval - Millis(1)) == "");
    CHECK(wait(Millis(1)) == "sweep");
}

TEST_CASE_FIXTURE(
    Running, "thousands that expire together leave in bounded steps, at once one after the other") {
    const std::size_t all = 2 * limits::sweep_items_max + 10;
    for (std::uint32_t at = 0; at < all; ++at) hold(samples::mail({.slot = at}));
    step(TimerFired{});
    now.wall = samples::noon + Seconds(86400);
    now.mono += limits::sweep_interval;
    step(TimerFired{});
    CHECK(count_forgotten() == limits::sweep_items_max);
    CHECK(node->next_deadline() <= now.mono);
    step(TimerFired{});
    CHECK(count_forgotten() == limits::sweep_items_max);
    step(TimerFired{});
    CHECK(count_forgotten() == 10);
    CHECK(node->next_deadline() == now.mono + limits::sweep_interval);
    CHECK(store.alive_count() == 0);
}

TEST_CASE_FIXTURE(Running, "what expires first leaves first") {
    const item::Item late =
        named("late", samples::mail({.slot = 1, .lifetime = Seconds(3 * 86400)}));
    const item::Item soon = named("soon", samples::mail({.slot = 2, .lifetime = Seconds(86400)}));
    hold(late);
    hold(soon);
    now.wall = samples::noon + Seconds(3 * 86400);
    CHECK(step(TimerFired{}) ==
          "forget soon expired; forgotten soon; forget late expired; forgotten late; sweep");
}

TEST_CASE_FIXTURE(Running, "an expired item is served to nobody, even before it is swept") {
    const item::Item apple = named("apple", samples::mail());
    hold(apple);
    connect(bob);
    ask_for_list(bob);
    now.wall = samples::noon + Seconds(86400);
    CHECK(hear(bob, Want{1, {id(apple)}}).find("items") == std::string::npos);
}

TEST_CASE_FIXTURE(Running, "frames of links that we ended are nobody's") {
    CHECK(greet(bob) == "");
    CHECK(step(LinkDown{bob.link, std::nullopt}) == "");
}

TEST_CASE_FIXTURE(Running,
                  "a deadline is always acted on, so that a shell that waits for it never spins") {
    // Whatever waits, TimerFired at the deadline moves the deadline on.
    step(NetworkReady{true});
    step(AddPeer{alice.key, true});
    step(AddPeer{carol.key, true});
    connect(bob);
    step(LinkUp{base::LinkId{66}, std::nullopt, false});
    step(DialFailed{alice.key, std::nullopt, "no"});
    step(TimerFired{});
    for (int times = 0; times < 200; ++times) {
        const base::MonoTime due = node->next_deadline();
        REQUIRE(due != base::never);
        REQUIRE(due >= now.mono);
        wait(due - now.mono);
        CAPTURE(times);
        REQUIRE(node->next_deadline() > now.mono);
        if (times % 3 == 0) step(DialFailed{alice.key, std::nullopt, "no"});
    }
}

// A day's worth of trouble from a script, as one long text.
std::string life(std::uint8_t seed) {
    Fixture fixture;
    fixture.seed = seed;
    fixture.restart();
    std::string said;
    const auto add = [&](const std::string& more) { said += more + "\n"; };
    add(fixture.step(NetworkReady{true}));
    for (const Peer& peer : {fixture.alice, fixture.bob, fixture.carol})
        add(fixture.step(AddPeer{peer.key, true}));
    add(fixture.up(fixture.bob, true));
    add(fixture.greet(fixture.bob));
    for (std::uint32_t at = 0; at < 20; ++at) {
        const item::Item item =
            fixture.named("item" + std::to_string(at), samples::mail({.slot = at}));
        add(fixture.receive(fixture.bob, item));
        add(fixture.verified(item));
        add(fixture.step(DialFailed{fixture.alice.key, std::nullopt, "no"}));
        add(fixture.wait(fixture.node->next_deadline() - fixture.now.mono));
        add(std::to_string(fixture.node->next_deadline().time_since_epoch().count()));
    }
    return said;
}

TEST_CASE("the same seed and inputs give the same effects") {
    CHECK(life(1) == life(1));
}

TEST_CASE("another seed makes other choices") {
    CHECK(life(1) != life(2));
}

TEST_CASE("two nodes that talk do so the same way every time") {
    const auto talk = [] {
        Pair pair;
        for (std::uint32_t at = 0; at < 50; ++at)
            pair.give(static_cast<int>(at % 2), samples::mail({.slot = at}));
        pair.connect();
        pair.run();
        const Names names;
        std::string said;
        for (const Pair::Side& side : pair.sides)
            for (const Effects& effects : side.log) said += Trace(names)(effects) + "\n";
        return said;
    };
    const std::string first = talk();
    CHECK(first.find("items") != std::string::npos);
    CHECK(talk() == first);
}

}  // namespace
}  // namespace hearsay::core
