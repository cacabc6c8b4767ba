#include "app/node/clock_guard.hpp"

#include <doctest/doctest.h>

#include "base/limits/items.hpp"
#include "unit/market/fakes.hpp"

namespace hearsay::app {
namespace {

using base::Seconds;
using base::WallTime;

constexpr Seconds minute{60};
constexpr Seconds hour{3600};
constexpr Seconds day{24 * 3600};
constexpr WallTime autumn = base::from_unix_seconds(1'795'000'000);  // November 2026
const base::Bytes record = base::to_bytes("clock");

// A machine with a clock and a counter, and what the shell does with a guard.
struct Fixture {
    market::MemoryOwnStore store;
    core::Links links{base::PeerId{}, item::Network::local, 64, base::Rng(base::Secret{})};
    ClockGuard::Reading at{{base::MonoTime(base::Millis(1'000'000)), autumn},
                           base::Millis(5'000'000)};
    WallTime core_time = autumn;
    std::uint64_t peers = 0;

    ClockGuard begin(const char* boot = "first start") const {
        ClockGuard guard(boot);
        guard.restore(store);
        return guard;
    }
    WallTime believe(ClockGuard& guard) {
        const auto times = guard.believe(at, links);
        core_time = times.core;
        return times.market;
    }
    bool is_believed(ClockGuard& guard) {
        const WallTime time = believe(guard);
        CHECK(guard.doubt(at.now.wall).has_value() == guard.doubts());
        CHECK(guard.doubts() == (time != at.now.wall));
        return !guard.doubts();
    }
    // A peer whose clock is so much ahead of ours.
    void greet(Seconds ahead, bool outbound = true) {
        core::Effects out;
        base::PeerId peer;
        peer.data[0] = static_cast<std::uint8_t>(++peers);
        const base::LinkId link{peers};
        const base::Now now{at.now.mono, core_time};
        REQUIRE(links.on_link_up(link, peer, outbound, false, {}, now, out));
        const core::Hello hello{core::protocol_version,
                                static_cast<std::uint32_t>(item::Network::local),
                                at.now.wall + ahead,
                                true,
                                peers,
                                false,
                                core::protocol_version};
        REQUIRE(links.on_hello(link, hello, {}, now, out));
    }
    // It runs, or sleeps.
    void wait(Seconds time) {
        at.now.mono += time;
        at.up += time;
        at.now.wall += time;
    }
    // It is off meanwhile.
    void restart(Seconds time) {
        at.now.wall += time;
        at.up = base::Millis(20'000);
    }
    void leap(Seconds time) { at.now.wall += time; }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a clock is believed when there is no record, and while it goes on") {
    ClockGuard guard = begin();
    for (int days = 0; days < 100; ++days, wait(day)) CHECK(is_believed(guard));
}

TEST_CASE_FIXTURE(Fixture, "a machine that slept for days is believed at once") {
    ClockGuard guard = begin();
    CHECK(is_believed(guard));
    for (const Seconds sleep : {3 * day, 40 * day, hour}) {
        wait(sleep);
        CHECK(is_believed(guard));
    }
}

TEST_CASE_FIXTURE(
    Fixture,
    "a clock that leaps while the node runs is doubted, by minutes or years, in both directions") {
    for (const Seconds by : {20 * minute, 2 * hour, day, 2 * day, 6 * day, 400 * day, 9000 * day}) {
        for (const Seconds leapt : {by, -by}) {
            ClockGuard guard("first start");
            CHECK(is_believed(guard));
            wait(hour);
            CHECK(is_believed(guard));
            const WallTime before = at.now.wall;
            leap(leapt);
            CHECK_FALSE(is_believed(guard));
            CHECK(believe(guard) == before);
            wait(3 * hour);
            CHECK(believe(guard) == before);  // the market's time stands still
            CHECK(core_time == before + 3 * hour);
            leap(-leapt);
            CHECK(is_believed(guard));
        }
    }
}

TEST_CASE_FIXTURE(
    Fixture, "what a clock is set right by every day is no leap, many small leaps in a row are") {
    ClockGuard guard = begin();
    CHECK(is_believed(guard));
    leap(10 * minute);
    CHECK(is_believed(guard));
    leap(10 * minute);
    CHECK_FALSE(is_believed(guard));
    leap(-10 * minute);
    CHECK(is_believed(guard));
    wait(2 * day);
    CHECK(is_believed(guard));
    leap(10 * minute);
    CHECK(is_believed(guard));
}

TEST_CASE_FIXTURE(Fixture, "the next run on the same start of the machine doubts every leap") {
    ClockGuard guard = begin();
    believe(guard);
    guard.keep(store);
    for (const Seconds by : {20 * minute, 12 * hour, 2 * day, 11'000 * day}) {
        for (const Seconds leapt : {by, -by}) {
            wait(5 * hour);
            leap(leapt);
            ClockGuard next = begin();
            CHECK_FALSE(is_believed(next));
            CHECK(believe(next) == autumn);
            leap(-leapt);
            CHECK(is_believed(next));
        }
    }
    wait(30 * day);  // the node was off, the machine was not
    ClockGuard next = begin();
    CHECK(is_believed(next));
}

TEST_CASE_FIXTURE(
    Fixture,
    "after a new start of the machine a day without it is believed, two and the past are not") {
    ClockGuard guard = begin();
    believe(guard);
    guard.keep(store);
    for (const auto& [off, believed] :
         {std::pair{minute, true}, std::pair{10 * hour, true}, std::pair{day, true},
          std::pair{2 * day, false}, std::pair{800 * day, false}, std::pair{-hour, false},
          std::pair{-11'000 * day, false}}) {
        at.now.wall = autumn;
        restart(off);
        ClockGuard next = begin("second start");
        CHECK_MESSAGE(is_believed(next) == believed, off.count());
        if (!believed) CHECK(core_time == autumn);
    }
}

TEST_CASE_FIXTURE(Fixture, "before the first release no clock is right, also without a record") {
    at.now.wall = base::from_unix_seconds(850'000'000);  // 1996
    ClockGuard guard = begin();
    CHECK_FALSE(is_believed(guard));
    CHECK(guard.doubt(at.now.wall)->find("1996-12-07") != std::string::npos);
    guard.keep(store);
    CHECK_FALSE(store.get(market::Table::meta, record));
    at.now.wall = autumn;
    CHECK(is_believed(guard));
}

TEST_CASE_FIXTURE(
    Fixture, "a peer that greets after the leap confirms it, one that greeted before does not") {
    for (const bool ahead : {true, false}) {
        ClockGuard guard = begin();
        believe(guard);
        greet(Seconds(0));
        leap(ahead ? 3 * day : -3 * day);
        wait(Seconds(1));
        CHECK_FALSE(is_believed(guard));
        wait(minute);
        CHECK_FALSE(is_believed(guard));
        greet(Seconds(90));
        wait(hour);
        CHECK(is_believed(guard));
        wait(hour);
        CHECK(is_believed(guard));
        guard.keep(store);
        ClockGuard next = begin();
        CHECK(is_believed(next));
        store.rows().clear();
    }
}

TEST_CASE_FIXTURE(Fixture, "after days off a peer's Hello ends the doubt") {
    ClockGuard guard = begin();
    believe(guard);
    guard.keep(store);
    restart(3 * day);
    ClockGuard next = begin("second start");
    CHECK_FALSE(is_believed(next));
    wait(minute);
    CHECK_FALSE(is_believed(next));
    greet(Seconds(-40));
    wait(minute);
    CHECK(is_believed(next));
}

TEST_CASE_FIXTURE(Fixture,
                  "peers whose clocks say otherwise confirm nothing, and the majority counts") {
    ClockGuard guard = begin();
    believe(guard);
    leap(60 * day);
    believe(guard);
    greet(-60 * day);
    CHECK_FALSE(is_believed(guard));
    greet(base::limits::future_max);
    CHECK_FALSE(is_believed(guard));  // one against one
    greet(-base::limits::future_max - Seconds(1));
    greet(Seconds(0));
    CHECK_FALSE(is_believed(guard));
    greet(Seconds(0));
    CHECK(is_believed(guard));
}

TEST_CASE_FIXTURE(Fixture, "who came by himself neither confirms nor hinders") {
    ClockGuard guard = begin();
    believe(guard);
    leap(60 * day);
    believe(guard);
    for (int i = 0; i < 20; ++i) greet(Seconds(0), false);
    CHECK_FALSE(is_believed(guard));
    for (int i = 0; i < 30; ++i) greet(-60 * day, false);
    greet(Seconds(0));
    CHECK(is_believed(guard));
}

TEST_CASE_FIXTURE(Fixture, "the user can say that the clock is right, once") {
    ClockGuard guard = begin();
    believe(guard);
    guard.keep(store);
    leap(9 * day);
    ClockGuard next = begin();
    next.trust();
    CHECK(is_believed(next));
    wait(hour);
    CHECK(is_believed(next));
    leap(9 * day);
    CHECK_FALSE(is_believed(next));
}

TEST_CASE_FIXTURE(Fixture,
                  "the next run knows the last time that was believed, not one that was doubted") {
    ClockGuard guard = begin();
    believe(guard);
    guard.keep(store);
    leap(800 * day);
    believe(guard);
    guard.keep(store);
    ClockGuard next = begin();
    CHECK(believe(next) == autumn);
    CHECK(next.doubts());
}

TEST_CASE_FIXTURE(Fixture, "it is kept once an hour") {
    ClockGuard guard = begin();
    believe(guard);
    guard.keep(store);
    const auto first = store.get(market::Table::meta, record);
    REQUIRE(first);
    wait(Seconds(3599));
    believe(guard);
    guard.keep(store);
    CHECK(store.get(market::Table::meta, record) == first);
    wait(Seconds(1));
    believe(guard);
    guard.keep(store);
    CHECK(store.get(market::Table::meta, record) != first);
}

TEST_CASE_FIXTURE(
    Fixture, "a record of before the counter was kept is read, a damaged one is as good as none") {
    store.put(market::Table::meta, record, base::big_endian<std::uint64_t>(1'795'000'000));
    leap(2 * day);
    ClockGuard guard = begin();
    CHECK_FALSE(is_believed(guard));
    for (const base::Bytes& damaged :
         {base::Bytes(7, 1), base::Bytes(8, 0xff), base::Bytes{}, base::Bytes(12, 0),
          base::Bytes(30, 0xff), base::Bytes(500, 0)}) {
        store.put(market::Table::meta, record, damaged);
        ClockGuard next = begin();
        CHECK(is_believed(next));
    }
}

}  // namespace hearsay::app
