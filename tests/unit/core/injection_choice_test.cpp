// relay/injection.hpp, rules 3 and 4: whom an own item is handed to, and when the next one has its
// turn.
#include <map>
#include <set>

#include <doctest/doctest.h>

#include "base/limits/discovery.hpp"
#include "base/limits/relay.hpp"
#include "injecting.hpp"

namespace hearsay::core {
namespace {

using namespace std::chrono_literals;

TEST_CASE_FIXTURE(Injecting,
                  "what does not return is injected elsewhere within two minutes, ten times") {
    know({dave, erin, carol});
    std::set<base::PeerId> handed{inject(apple).peer};
    for (std::uint32_t times = 2; times <= 1 + limits::injection_quick; ++times) {
        const base::MonoTime left = now.mono;
        const auto next = next_injection(limits::injection_wait_max);
        REQUIRE(next);
        CHECK(now.mono - left >= limits::injection_wait_min);
        handed.insert(next->peer);
        CHECK(handed.size() == std::min<std::size_t>(times, 3));
        CHECK(answer(*next, true) == "injected apple " + std::to_string(times));
    }
}

TEST_CASE_FIXTURE(
    Injecting,
    "nine peers that keep an item for themselves delay it by less than a quarter of an hour") {
    std::vector<KnownPeer> known;
    for (std::uint8_t number = 0; number < 10; ++number)
        known.push_back(pinned_peer(base::PeerId{{100, number}}));
    restart(std::move(known));
    step(NetworkReady{true});
    const base::MonoTime made = now.mono;
    std::set<base::PeerId> handed{inject(apple).peer};
    while (handed.size() < 10) {
        const auto next = next_injection(limits::injection_wait_most);
        REQUIRE(next);
        CHECK(handed.insert(next->peer).second);  // a peer that kept it is not asked again
        answer(*next, true);
    }
    CHECK(now.mono - made < 15min);
}

TEST_CASE_FIXTURE(Injecting,
                  "after ten injections in vain the waits grow, to a quarter of an hour") {
    know({dave, erin, carol});
    inject(apple);
    for (std::uint32_t waits = 1; waits <= limits::injection_quick; ++waits) {
        const auto next = next_injection(limits::injection_wait_max);
        REQUIRE(next);
        answer(*next, true);
    }
    base::MonoTime left = now.mono;
    for (int turn = 0; turn < 6; ++turn) {
        left = now.mono;
        const auto next = next_injection(limits::injection_wait_most);
        REQUIRE(next);
        CHECK(now.mono - left >= 2 * limits::injection_wait_min);
        answer(*next, true);
    }
    CHECK(now.mono - left >= limits::injection_wait_most / 3);
}

TEST_CASE_FIXTURE(Injecting, "a failed dial leads to another peer soon") {
    know({dave, erin});
    submit(apple);
    const auto first = next_injection(limits::injection_delay);
    REQUIRE(first);
    CHECK(answer(*first, false) == "");
    const auto second = next_injection(limits::injection_retry_max);
    REQUIRE(second);
    CHECK(second->peer != first->peer);
    CHECK(second->patience > first->patience);
    CHECK(answer(*second, true) == "injected apple 1");
    const auto third = next_injection(limits::injection_wait_max);
    REQUIRE(third);
    CHECK(third->patience == first->patience);  // whoever answered ends the row of failures
}

TEST_CASE_FIXTURE(Injecting,
                  "peers without a link to us are chosen first, each once before any again") {
    know({alice, bob, carol, dave, erin});
    connect(alice);
    connect(bob);
    std::vector<base::PeerId> order{inject(apple).peer};
    while (order.size() < 6) {
        const auto next = next_injection(limits::injection_wait_most);
        REQUIRE(next);
        answer(*next, true);
        order.push_back(next->peer);
    }
    const std::set<base::PeerId> unlinked{order.begin(), order.begin() + 3};
    const std::set<base::PeerId> linked{order.begin() + 3, order.begin() + 5};
    CHECK(unlinked == std::set{carol.key, dave.key, erin.key});
    CHECK(linked == std::set{alice.key, bob.key});
}

TEST_CASE_FIXTURE(
    Injecting,
    "of peers that all had it, nobody gets it a third time before everybody had it twice") {
    know({alice, bob, carol, dave});
    connect(alice);
    connect(bob);
    step(DialFailed{carol.key, std::nullopt, "no answer"});
    std::map<base::PeerId, int> times;
    ++times[inject(apple).peer];
    for (int turn = 1; turn < 12; ++turn) {
        const auto next = next_injection(limits::injection_wait_most);
        REQUIRE(next);
        answer(*next, true);
        ++times[next->peer];
        const auto [least, most] =
            std::minmax_element(times.begin(), times.end(),
                                [](const auto& a, const auto& b) { return a.second < b.second; });
        CHECK(most->second <= turn / 4 + 1);
        if (turn % 4 == 3) CHECK(least->second == turn / 4 + 1);
    }
    CHECK(times.size() == 4);
}

struct Aged : Injecting {
    KnownPeer proved(const Peer& peer, Seconds ago) const {
        KnownPeer out = pinned_peer(peer.key);
        out.pinned = false;
        out.first_proved = now.wall - ago;
        return out;
    }
};

TEST_CASE_FIXTURE(Aged, "where age is not trusted, who was known for long is one like the others") {
    settings.trust_age = false;
    std::vector<KnownPeer> known{proved(alice, limits::long_tried_age)};
    for (std::uint8_t number = 0; number < 30; ++number)
        known.push_back(proved({base::LinkId{0}, base::PeerId{{100, number}}}, Seconds(60)));
    restart(std::move(known));
    step(NetworkReady{true});
    CHECK(inject(apple).peer != alice.key);
    const auto second = next_injection(limits::injection_wait_max);
    REQUIRE(second);
    CHECK(second->peer != alice.key);  // by chance one in thirty, and this node's seed is given
}

TEST_CASE_FIXTURE(
    Aged, "every second time after one that did not return, a peer known for long gets it") {
    restart({proved(alice, limits::long_tried_age), proved(bob, Seconds(60)),
             proved(carol, Seconds(60)), proved(dave, Seconds(60)),
             proved(erin, limits::long_tried_age + Seconds(60))});
    step(NetworkReady{true});
    const std::set<base::PeerId> old{alice.key, erin.key};
    std::size_t left = old.size() - old.count(inject(apple).peer);
    for (int turn = 1; left != 0; ++turn) {
        REQUIRE(turn < 5);
        const auto next = next_injection(limits::injection_wait_most);
        REQUIRE(next);
        answer(*next, true);
        if (turn % 2 == 1) CHECK(old.contains(next->peer));
        left -= old.count(next->peer);
    }
}

TEST_CASE_FIXTURE(Injecting, "peers whose dial failed come after those that are linked") {
    know({alice, bob});
    connect(bob);
    step(DialFailed{alice.key, std::nullopt, "no answer"});
    CHECK(inject(apple).peer == bob.key);
}

}  // namespace
}  // namespace hearsay::core
