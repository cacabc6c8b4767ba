// Who was away while a mail was removed brings it back to nobody, and loses it.
#include <doctest/doctest.h>

#include "base/limits/items.hpp"
#include "base/limits/relay.hpp"
#include "pair.hpp"

namespace hearsay::core {
namespace {

struct Returning : Pair {
    base::Secret secret = samples::filled<base::Secret>(9);
    item::Item letter = samples::mail_of(secret);
    item::Item removal = samples::removal(letter, secret);

    Returning() {
        for (std::uint32_t at = 0; at < 200; ++at)
            for (int side : {0, 1}) give(side, samples::mail({.slot = at}));
    }
    base::ItemId id_of(const item::Item& item) { return samples::accepted(item)->id; }
    bool holds(int side, const item::Item& item) {
        return sides[side].store.presence(id_of(item)) == Presence::alive;
    }
    void meet() {
        connect();
        run();
        now.mono += base::limits::compare_wait_max;
        sides[0].inputs.push_back(TimerFired{});
        run();
    }
    void expect_removed() {
        for (int side : {0, 1}) {
            CAPTURE(side);
            CHECK_FALSE(holds(side, letter));
            CHECK(holds(side, removal));
            CHECK(sides[side].store.alive_count() == 201);
        }
        CHECK(sides[0].store.shelves().summary() == sides[1].store.shelves().summary());
    }
};

}  // namespace

TEST_CASE_FIXTURE(Returning, "a node that was away gives up a mail that was removed meanwhile") {
    for (const int away : {0, 1}) {
        CAPTURE(away);
        Returning pair;
        pair.give(away, pair.letter);
        pair.give(1 - away, pair.removal);
        pair.meet();
        pair.expect_removed();
    }
}

TEST_CASE_FIXTURE(Returning, "so it does when the other side had the mail itself") {
    for (int side : {0, 1}) give(side, letter);
    sides[1].store.apply(
        Forget{id_of(letter), ForgetReason::removed, now.wall + base::limits::lifetime_max});
    give(1, removal);
    meet();
    expect_removed();
}

TEST_CASE_FIXTURE(Returning,
                  "an empty node that pages through takes the removal and not the mail") {
    give(1, letter);
    give(1, removal);
    sides[0].store = MemoryStore();
    give(0, removal);
    connect();
    run();
    CHECK_FALSE(holds(0, letter));
    CHECK(holds(0, removal));
}

}  // namespace hearsay::core
