// reconcile/reconcile.hpp: two whole nodes compare and give each other what they lack.
#include <doctest/doctest.h>

#include "base/limits/frames.hpp"
#include "base/limits/items.hpp"
#include "base/limits/links.hpp"
#include "base/limits/relay.hpp"
#include "core/reconcile/reconcile.hpp"
#include "fixture.hpp"
#include "id_store.hpp"
#include "pair.hpp"

namespace hearsay::core {
namespace {

struct TwoNodes : Pair {
    std::string said(int side) const {
        const Names names;
        std::string out;
        for (const Effects& effects : sides[side].log) out += Trace(names)(effects) + "\n";
        return out;
    }
    void give_both(std::uint32_t count) {
        for (std::uint32_t at = 0; at < count; ++at)
            for (int side : {0, 1}) give(side, samples::mail({.slot = at}));
    }
};

TEST_CASE_FIXTURE(
    TwoNodes, "two nodes that mostly agree give each other what the other lacks, without a list") {
    give_both(1000);
    for (std::uint32_t at = 0; at < 40; ++at)
        give(static_cast<int>(at % 2), samples::mail({.slot = 5000 + at}));
    connect();
    run();
    CHECK(in_sync());
    CHECK(sides[0].items_sent == 20);
    CHECK(sides[1].items_sent == 20);
    for (const Side& side : sides) CHECK(side.store.alive_count() == 1040);
    CHECK(said(0).find("have") == std::string::npos);
    CHECK(sides[0].store.shelves().summary() == sides[1].store.shelves().summary());
    CHECK(sides[0].node->view_matches().matching == 1);
    CHECK(sides[0].node->view_matches().peers == 1);
}

TEST_CASE_FIXTURE(TwoNodes, "large items go in pieces here too") {
    give_both(300);
    const std::string large(32 * 1024, 'x');
    for (std::uint32_t at = 0; at < 60; ++at)
        give(1, samples::mail({.slot = 9000 + at, .payload = large}));
    connect();
    run();
    CHECK(in_sync());
    CHECK(sides[0].store.alive_count() == 360);
    CHECK(said(1).find("have") == std::string::npos);
    CHECK(sides[1].unread_bytes_most <
          2 * (limits::exchange_piece_bytes + 2 * limits::payload_bytes_max));
}

TEST_CASE_FIXTURE(
    TwoNodes,
    "crashes in the middle lose nothing that was there, and the sides converge all the same") {
    std::uint32_t count = 0;
    SUBCASE("an empty side and a full one") {
        for (; count < 2500; ++count) give(1, samples::mail({.slot = count}));
    }
    SUBCASE("two sides that differ") {
        give_both(1500);
        for (count = 1500; count < 1900; ++count)
            give(static_cast<int>(count % 2), samples::mail({.slot = count}));
    }
    for (const int side : {0, 1, 0}) {
        connect();
        run_some(60);
        const std::uint64_t held = sides[side].store.alive_count();
        crash(side);
        CHECK(sides[side].store.alive_count() == held);
        now.mono += limits::redial_most;
    }
    connect();
    run();
    for (const Side& side : sides) CHECK(side.store.alive_count() == count);
    CHECK(sides[0].store.shelves().summary() == sides[1].store.shelves().summary());
}

TEST_CASE_FIXTURE(TwoNodes, "a later round finds what flooding lost") {
    give_both(100);
    connect();
    run();
    CHECK(in_sync());
    give(1, samples::mail({.slot = 777}));
    now.mono += limits::compare_wait_max;
    sides[0].inputs.push_back(TimerFired{});
    run();
    CHECK(sides[0].store.alive_count() == 101);
    CHECK(in_sync());
}

}  // namespace
}  // namespace hearsay::core
