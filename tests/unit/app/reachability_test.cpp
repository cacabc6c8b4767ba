#include "app/node/reachability.hpp"

#include <vector>

#include <doctest/doctest.h>

namespace hearsay::app {
namespace {

using namespace std::chrono_literals;
using State = Reachability::State;

struct Fixture {
    net::Loop loop;
    std::vector<base::Millis> dials;  // the patience of each
    int changes = 0;
    Reachability reachability{loop, [this](base::Millis patience) { dials.push_back(patience); },
                              [this] { ++changes; }};

    // Runs the loop until it dialled so often, or for ten seconds.
    bool wait_for_dials(std::size_t count) {
        const base::MonoTime end = net::now().mono + 10s;
        net::Timer* again = nullptr;
        net::Timer look(loop, [&] {
            if (dials.size() >= count || net::now().mono > end) return loop.stop();
            again->arm(5ms);
        });
        again = &look;
        look.arm(0ms);
        loop.run();
        return dials.size() >= count;
    }
};

}  // namespace

TEST_CASE_FIXTURE(
    Fixture, "nothing is dialled before the descriptor is published, and the user is told why") {
    CHECK(dials.empty());
    CHECK(reachability.name() == "unknown");
    CHECK(reachability.detail().find("descriptor") != std::string::npos);
    reachability.set_published(true);
    CHECK(dials.size() == 1);
    CHECK(reachability.name() == "checking");
}

TEST_CASE_FIXTURE(Fixture, "an answer by one's own key means that strangers can connect") {
    reachability.set_published(true);
    reachability.on_answer(true, "");
    CHECK(reachability.state() == State::reachable);
    CHECK(reachability.detail() == "strangers can connect to this node");
    CHECK(changes == 2);
}

TEST_CASE_FIXTURE(Fixture,
                  "a failure is told with its reason and tried again with twice the patience") {
    reachability.set_published(true);
    reachability.on_answer(false, "Tor gave up");
    CHECK(reachability.state() == State::unreachable);
    CHECK(reachability.detail().find("Tor gave up") != std::string::npos);
    REQUIRE(wait_for_dials(2));
    CHECK(reachability.state() == State::unreachable);  // until it is known better
    CHECK(dials[1] == 2 * dials[0]);
    reachability.on_answer(true, "");
    CHECK(reachability.state() == State::reachable);
}

TEST_CASE_FIXTURE(Fixture, "without Tor it is not known, and a late answer says nothing") {
    reachability.set_published(true);
    reachability.set_published(false);
    CHECK(reachability.state() == State::unknown);
    reachability.on_answer(true, "");
    CHECK(reachability.state() == State::unknown);
    reachability.set_published(true);
    CHECK(dials.size() == 2);
}

}  // namespace hearsay::app
