// relay/request_tracker.hpp: what was heard lately, and whom an item is asked of.
#include "core/relay/request_tracker.hpp"

#include <doctest/doctest.h>

#include "base/limits/budgets.hpp"
#include "base/limits/relay.hpp"
#include "unit/item/samples.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::LinkId;
using base::Millis;

base::ItemId id(std::uint32_t number) {
    return samples::numbered<base::ItemId>(number);
}

struct Hearing {
    RequestTracker requests;
    base::MonoTime now{Millis(1000)};
    const LinkId alice{1}, bob{2};
    std::size_t due() {
        std::size_t count = 0;
        for (const auto& [link, ids] : requests.take_due(now)) count += ids.size();
        return count;
    }
};

TEST_CASE_FIXTURE(Hearing, "of one link's ids that never come the oldest gives way to the newest") {
    // Not in the order of the ids.
    const auto nth = [](std::uint32_t at) { return id(limits::announced_per_link_max - at); };
    for (std::uint32_t at = 0; at < limits::announced_per_link_max; ++at) {
        REQUIRE(requests.on_announced(nth(at), alice, now).is_new);
        now += Millis(1);
    }
    CHECK(requests.on_announced(id(1 << 20), alice, now).is_new);
    CHECK(requests.find(nth(0)) == nullptr);
    CHECK(requests.find(nth(1)) != nullptr);
    CHECK(requests.waiting_on(alice) == limits::announced_per_link_max);
    CHECK(requests.on_announced(nth(1), alice, now).again);
    requests.on_copy(nth(1), bob, 1, now);  // one came: room for one
    CHECK(requests.on_announced(id(1 << 21), alice, now).is_new);
    CHECK(requests.find(nth(2)) != nullptr);
    requests.sanity_check();
}

TEST_CASE_FIXTURE(Hearing,
                  "when all places are taken, the link with the most makes room, and nobody else") {
    constexpr std::uint32_t few = 10;
    for (std::uint32_t at = 0; at < few; ++at)
        REQUIRE(requests.on_announced(id(at), bob, now).is_new);
    now += Millis(1);
    for (std::uint32_t at = few; at < limits::tracked_requests_max; ++at) {
        const LinkId link{100 + at / limits::announced_per_link_max};
        REQUIRE(requests.on_announced(id(at), link, now).is_new);
    }
    REQUIRE(requests.size() == limits::tracked_requests_max);
    for (std::uint32_t at = 0; at < 1000; ++at) {
        REQUIRE(requests.on_announced(id((1 << 20) + at), alice, now).is_new);
        REQUIRE(requests.on_copy(id((1 << 21) + at), alice, 1, now) != nullptr);
    }
    CHECK(requests.size() == limits::tracked_requests_max);
    CHECK(requests.waiting_on(bob) == few);
    CHECK(requests.waiting_on(alice) == 1000);
    requests.sanity_check();
    now += limits::vain_memory;
    requests.forget_old(now);
    CHECK(requests.size() == 0);
    CHECK(requests.next_deadline() == base::never);
    requests.sanity_check();
}

TEST_CASE_FIXTURE(Hearing, "an id whose announcers all left is forgotten, one that came is not") {
    requests.on_announced(id(1), alice, now);
    requests.on_announced(id(2), alice, now);
    requests.on_announced(id(2), bob, now);
    requests.on_announced(id(3), alice, now);
    requests.on_copy(id(3), alice, 1, now);
    requests.on_link_gone(alice, now);
    CHECK(requests.find(id(1)) == nullptr);
    CHECK(requests.find(id(2)) != nullptr);
    CHECK(requests.find(id(3)) != nullptr);
    CHECK(requests.waiting_on(bob) == 1);
    requests.sanity_check();
}

TEST_CASE_FIXTURE(
    Hearing,
    "what counted against a link that left counts against the next announcer, within its places") {
    for (std::uint32_t at = 0; at < limits::announced_per_link_max; ++at) {
        requests.on_announced(id(at), alice, now);
        requests.on_announced(id(at), bob, now);
        requests.on_announced(id((1 << 20) + at), bob, now);
    }
    requests.on_link_gone(alice, now);
    CHECK(requests.waiting_on(bob) == limits::announced_per_link_max);
    requests.sanity_check();
}

TEST_CASE_FIXTURE(
    Hearing,
    "an announcer that comes when all places of an item are taken replaces one that failed") {
    for (std::uint64_t at = 0; at < limits::announcers_max; ++at)
        REQUIRE(requests.on_announced(id(1), LinkId{100 + at}, now).heard != nullptr);
    const auto asked = [&] { return requests.take_due(now).begin()->first; };
    CHECK(asked() == LinkId{100});
    requests.on_announced(id(1), alice, now);
    CHECK(!requests.find(id(1))->is_announcer(alice));  // nobody failed yet
    now += limits::answer_wait_max;
    CHECK(asked() == LinkId{101});
    now += limits::answer_wait_max;
    CHECK(asked() == LinkId{102});
    requests.on_announced(id(1), alice, now);
    CHECK(requests.find(id(1))->is_announcer(alice));
    CHECK(requests.find(id(1))->announcers.size() == limits::announcers_max);
    requests.sanity_check();
}

TEST_CASE_FIXTURE(Hearing, "what is held back and comes all the same is held back no more") {
    Traffic traffic;
    traffic.set_limits({0, limits::traffic_limit_min});
    constexpr std::uint32_t more_than_there_is_room_for = 1U << 30;
    for (std::uint32_t at = 1; at <= 3; ++at)
        requests.on_announced(id(at), alice, now, more_than_there_is_room_for);
    CHECK(requests.take_due(now, &traffic)[alice] == std::vector{id(1)});
    CHECK(requests.held_back() == 2);
    requests.on_copy(id(2), bob, 1, now);
    CHECK(requests.held_back() == 1);
    requests.sanity_check();
    requests.forget(id(3));
    CHECK(requests.held_back() == 0);
    CHECK(requests.overdue_at() == base::never);
    requests.sanity_check();
}

TEST_CASE_FIXTURE(Hearing, "what came is forgotten soon") {
    requests.on_announced(id(1), alice, now);
    CHECK(due() == 1);
    requests.on_copy(id(1), alice, 4, now);
    CHECK(requests.next_deadline() == base::never);
    now += limits::request_memory;
    requests.forget_old(now);
    CHECK(requests.size() == 0);
}

TEST_CASE_FIXTURE(Hearing, "waiting for an answer adapts to what answers take, within bounds") {
    for (std::uint32_t at = 0; at < 100; ++at) {
        requests.on_announced(id(at), alice, now);
        due();
        now += Millis(2000);
        requests.on_copy(id(at), alice, 1, now);
    }
    requests.on_announced(id(1000), alice, now);
    due();
    CHECK(requests.next_deadline() > now + Millis(7000));
    CHECK(requests.next_deadline() <= now + limits::answer_wait_max);
}

TEST_CASE_FIXTURE(
    Hearing, "a link that answers at the last moment makes nobody else's answer awaited longer") {
    const LinkId carol{3};
    for (std::uint32_t at = 0; at < 300; ++at) {
        const LinkId link = at % 3 == 0 ? alice : at % 3 == 1 ? bob : carol;
        requests.on_announced(id(at), link, now);
        due();
        now += link == bob ? Millis(9000) : Millis(300);
        requests.on_copy(id(at), link, 1, now);
    }
    requests.on_announced(id(1000), alice, now);
    due();
    CHECK(requests.next_deadline() == now + limits::answer_wait_min);
}

// Alice announces it first and is asked, bob brings it after that time.
void withhold(Hearing& here, std::uint32_t number) {
    here.requests.on_announced(id(number), here.alice, here.now);
    here.due();
    here.now += limits::answer_wait_max;
    here.due();
    here.requests.on_copy(id(number), here.bob, 1, here.now);
}

TEST_CASE_FIXTURE(
    Hearing, "who withholds what others bring is in debt, asked last, and pays by delivering") {
    for (std::uint32_t at = 0; at < limits::debts_max; ++at) withhold(*this, at);
    CHECK(requests.in_debt(alice));
    CHECK(!requests.in_debt(bob));
    requests.on_announced(id(50), alice, now);
    requests.on_announced(id(50), bob, now);
    CHECK(requests.take_due(now).begin()->first == bob);
    now += limits::answer_wait_max;
    CHECK(requests.take_due(now).begin()->first == alice);
    requests.on_copy(id(50), alice, 1, now);
    CHECK_FALSE(requests.in_debt(alice));
    CHECK_FALSE(requests.in_debt(bob));  // one is not three
    withhold(*this, 60);
    CHECK(requests.in_debt(alice));  // one delivered item pays for one, not for all
}

TEST_CASE_FIXTURE(Hearing, "what nobody brings is nobody's debt") {
    for (std::uint32_t at = 0; at < 100; ++at) {
        requests.on_announced(id(at), alice, now);
        requests.on_announced(id(at), bob, now);
        for (int times = 0; times < 3; ++times) {
            due();
            now += limits::answer_wait_max;
        }
    }
    CHECK_FALSE(requests.in_debt(alice));
    CHECK_FALSE(requests.in_debt(bob));
}

}  // namespace
}  // namespace hearsay::core
