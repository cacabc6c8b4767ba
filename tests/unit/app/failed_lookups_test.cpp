#include "app/node/failed_lookups.hpp"

#include <doctest/doctest.h>

#include "base/limits/links.hpp"

namespace hearsay::app {
namespace {

using namespace std::chrono_literals;
namespace limits = base::limits;

struct Fixture {
    int forgotten = 0;
    bool tor_listens = true;
    base::MonoTime now{1h};
    FailedLookups lookups{[this] {
        forgotten += tor_listens ? 1 : 0;
        return tor_listens;
    }};
    // A dial fails while `dials` others are under way; how often Tor was told since the last time.
    int fail(bool linked = false, std::size_t dials = 0) {
        lookups.on_dial_failed();
        lookups.look(linked, dials, now);
        return std::exchange(forgotten, 0);
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "Tor forgets failures when the last dial of a node without links ends") {
    lookups.look(false, 0, now);
    CHECK(forgotten == 0);
    CHECK(fail(false, 1) == 0);
    lookups.look(false, 0, now);
    CHECK(forgotten == 1);
}

TEST_CASE_FIXTURE(Fixture, "who has a link keeps its circuits") {
    CHECK(fail(true) == 0);
    lookups.look(false, 0, now);  // what failed while there was a link is over
    CHECK(forgotten == 0);
}

TEST_CASE_FIXTURE(Fixture, "each time it takes twice as long, to a most, until there is a link") {
    base::Millis wait = limits::forget_wait_first;
    for (int i = 0; i < 12; ++i) {
        CHECK(fail() == 1);
        now += wait - 1ms;
        CHECK(fail() == 0);
        now += 1ms;
        wait = std::min<base::Millis>(2 * wait, limits::forget_wait_most);
    }
    CHECK(wait == limits::forget_wait_most);
    lookups.look(true, 0, now);
    CHECK(fail() == 1);
    CHECK(fail() == 0);
    now += limits::forget_wait_first;
    CHECK(fail() == 1);
}

TEST_CASE_FIXTURE(Fixture, "a Tor that could not be told is told when it runs") {
    tor_listens = false;
    CHECK(fail() == 0);
    tor_listens = true;
    lookups.look(false, 0, now);
    CHECK(forgotten == 1);
}

}  // namespace hearsay::app
