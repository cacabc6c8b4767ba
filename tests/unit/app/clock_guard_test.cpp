#include "app/node/clock_guard.hpp"

#include <doctest/doctest.h>

#include "base/limits/items.hpp"
#include "unit/market/fakes.hpp"

namespace hearsay::app {
namespace {

using base::Seconds;
using base::WallTime;

constexpr Seconds day{24 * 3600};
constexpr WallTime autumn = base::from_unix_seconds(1'795'000'000);  // November 2026

struct Fixture {
    market::MemoryKeep keep;
    core::Links links{base::PeerId{}, item::Network::local, 64, base::Rng(base::Secret{})};
    base::Now now{base::MonoTime(base::Millis(1'000'000)), autumn};
    std::uint64_t peers = 0;

    WallTime believe(ClockGuard& guard) { return guard.believe(now, links); }
    // A peer whose clock is so much ahead of ours.
    void greet(Seconds ahead) {
        core::Effects out;
        base::PeerId peer;
        peer.data[0] = static_cast<std::uint8_t>(++peers);
        const base::LinkId link{peers};
        REQUIRE(links.on_link_up(link, peer, true, false, {}, now, out));
        const core::Hello hello{core::protocol_version, static_cast<std::uint32_t>(item::Network::local),
                                now.wall + ahead, true, peers};
        REQUIRE(links.on_hello(link, hello, {}, now, out));
    }
    void wait(Seconds time) {
        now.mono += time;
        now.wall += time;
    }
    void leap(Seconds time) { now.wall += time; }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a clock is believed when there is no record, and while it goes on") {
    ClockGuard guard;
    guard.restore(keep);
    for (int days = 0; days < 100; ++days, wait(day)) CHECK(believe(guard) == now.wall);
    CHECK(!guard.doubts());
    CHECK(!guard.doubt(now.wall));
}

TEST_CASE_FIXTURE(Fixture, "a clock that leaps by more than a week stands still for the market") {
    ClockGuard guard;
    believe(guard);
    leap(ClockGuard::leap_max);
    CHECK(believe(guard) == now.wall);
    const WallTime before = now.wall;
    leap(ClockGuard::leap_max + Seconds(1));
    CHECK(believe(guard) == before);
    REQUIRE(guard.doubt(now.wall));
    CHECK(guard.doubt(base::from_unix_seconds(4'102'444'800))->find("2100-01-01") != std::string::npos);
    wait(day);
    CHECK(believe(guard) == before);
}

TEST_CASE_FIXTURE(Fixture, "a clock that is set right is believed at once") {
    ClockGuard guard;
    believe(guard);
    leap(9000 * day);
    believe(guard);
    CHECK(guard.doubts());
    wait(Seconds(60));
    leap(-9000 * day);
    CHECK(believe(guard) == now.wall);
    CHECK(!guard.doubts());
}

TEST_CASE_FIXTURE(Fixture,
                  "a peer that greets after the leap confirms it, one that greeted before does not") {
    ClockGuard guard;
    believe(guard);
    greet(Seconds(0));
    leap(60 * day);
    wait(Seconds(1));
    believe(guard);
    wait(Seconds(1));
    believe(guard);
    CHECK(guard.doubts());
    greet(Seconds(90));
    CHECK(believe(guard) == now.wall);
    CHECK(!guard.doubts());
}

TEST_CASE_FIXTURE(Fixture, "peers whose clocks say otherwise confirm nothing, and the majority counts") {
    ClockGuard guard;
    believe(guard);
    const WallTime before = now.wall;
    leap(60 * day);
    believe(guard);
    greet(-60 * day);
    CHECK(believe(guard) == before);
    greet(base::limits::future_max);
    CHECK(believe(guard) == before);  // one against one
    greet(-base::limits::future_max - Seconds(1));
    greet(Seconds(0));
    CHECK(believe(guard) == before);
    greet(Seconds(0));
    CHECK(believe(guard) == now.wall);
}

TEST_CASE_FIXTURE(Fixture, "a clock that goes back is believed, and what was believed is remembered") {
    ClockGuard guard;
    believe(guard);
    leap(-20000 * day);
    CHECK(believe(guard) == now.wall);
    leap(20000 * day + ClockGuard::leap_max);
    CHECK(believe(guard) == now.wall);
    CHECK(!guard.doubts());
}

TEST_CASE_FIXTURE(Fixture, "the next run knows the last time that was believed, not one that was doubted") {
    ClockGuard guard;
    believe(guard);
    guard.keep(keep);
    leap(800 * day);
    believe(guard);
    guard.keep(keep);
    ClockGuard next;
    next.restore(keep);
    CHECK(believe(next) == autumn);
    CHECK(next.doubts());
}

TEST_CASE_FIXTURE(Fixture, "it is kept once an hour") {
    ClockGuard guard;
    believe(guard);
    guard.keep(keep);
    const auto first = keep.get(market::Table::meta, base::to_bytes("clock"));
    REQUIRE(first);
    wait(Seconds(3599));
    believe(guard);
    guard.keep(keep);
    CHECK(keep.get(market::Table::meta, base::to_bytes("clock")) == first);
    wait(Seconds(1));
    believe(guard);
    guard.keep(keep);
    CHECK(keep.get(market::Table::meta, base::to_bytes("clock")) != first);
}

TEST_CASE_FIXTURE(Fixture, "a damaged record is as good as none") {
    for (const base::Bytes& damaged : {base::Bytes(7, 1), base::Bytes(8, 0xff), base::Bytes{}}) {
        keep.put(market::Table::meta, base::to_bytes("clock"), damaged);
        ClockGuard guard;
        guard.restore(keep);
        CHECK(believe(guard) == autumn);
    }
}

}  // namespace hearsay::app
