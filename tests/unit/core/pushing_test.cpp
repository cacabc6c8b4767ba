// relay/relay.hpp, rule 2: what peers are told to push, by what they pushed in vain.
#include <doctest/doctest.h>

#include "base/limits/budgets.hpp"
#include "base/limits/relay.hpp"
#include "fixture.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;

struct Pushing : Fixture {
    item::Item apple = named("apple", samples::publication({.lifetime = Seconds(86400)}));

    // Forty items, each once, that bob pushed before.
    std::string push_after_bob(const Peer& peer, std::uint32_t hops) {
        std::string said;
        for (std::uint32_t at = 0; at < 40; ++at) {
            const auto item = samples::publication({.slot = at, .lifetime = Seconds(86400)});
            push(bob, item, hops);
            verified(item);
            said += push(peer, item, hops);
            wait(limits::push_pause);
        }
        return said;
    }
};

// What a node pushes had less than `below` hops there, and has one more here.
TEST_CASE_FIXTURE(Pushing,
                  "duplicates by one peer turn off what that peer pushes, and nobody else") {
    connect_all();
    const std::string said = push_after_bob(alice, 1);
    CHECK(said.find("tell alice push 0") != std::string::npos);
    CHECK(said.find("tell bob push") == std::string::npos);
    CHECK(said.find("tell carol push") == std::string::npos);
}

TEST_CASE_FIXTURE(Pushing, "copies from farther than what is wanted say nothing of pushing") {
    connect_all();
    const std::string said = push_after_bob(alice, 2);
    CHECK(said.find("push 0") == std::string::npos);
}

TEST_CASE_FIXTURE(Pushing, "a peer is told at once to push less, and to push more after a while") {
    connect_all();
    std::uint32_t slot = 10;
    const auto bring = [&](bool twice) {
        const auto item = samples::publication({.slot = slot++, .lifetime = Seconds(86400)});
        std::string said = push(bob, item, 2);
        said += verified(item);
        if (twice) said += push(alice, item, 2);
        return said;
    };
    const auto until = [&](std::string_view word, bool twice) {
        for (int times = 0; times < 1000; ++times)
            if (bring(twice).find(word) != std::string::npos) return true;
        return false;
    };
    REQUIRE(until("tell alice push 2", false));
    CHECK(until("tell alice push 1", true));
    CHECK_FALSE(until("tell alice push 2", false));
    wait(limits::push_pause);
    CHECK(until("tell alice push", false));  // 2, or more meanwhile
}

TEST_CASE_FIXTURE(Pushing,
                  "of one item a peer's duplicates count once, and its own second copy does not") {
    connect_all();
    push(bob, apple, 0);
    verified(apple);
    std::string said;
    for (int times = 0; times < 20; ++times) {
        said += push(alice, apple, 0);
        said += push(bob, apple, 0);
    }
    CHECK(said.find("push") == std::string::npos);
    CHECK(linked(alice));
}

TEST_CASE_FIXTURE(Pushing, "items that turn out bad are no reason to want more pushed") {
    connect_all();
    std::string said;
    for (std::uint32_t at = 0; at < 100; ++at) {
        const auto item = samples::publication({.slot = at, .lifetime = Seconds(86400)});
        said += push(bob, item, 1);
        said += verified(item, Fault::item_bad_content);
    }
    CHECK(said.find("push") == std::string::npos);
}

TEST_CASE_FIXTURE(Pushing, "how far a copy came is told for as long as it is remembered") {
    connect_all();
    push(bob, apple, 3);
    verified(apple);
    const auto hops = [&] {
        step(FrameReceived{alice.link, *encode(Request{{id(apple)}})});
        for (const Effect& effect : last)
            if (const auto* send = std::get_if<Send>(&effect)) {
                const auto message = parse(*send->frame);
                if (const auto* items = std::get_if<Items>(&*message)) return items->hops;
            }
        return 0U;
    };
    CHECK(hops() == 4);
    wait(limits::request_memory);
    CHECK(hops() == hops_answer);
}

}  // namespace
}  // namespace hearsay::core
