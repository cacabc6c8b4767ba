// app/node/workers.hpp: searches for work, one after another.
#include "app/node/workers.hpp"

#include <doctest/doctest.h>

using namespace hearsay;
using namespace std::chrono_literals;

namespace {

struct Fixture {
    net::Loop loop;
    app::Workers workers{loop, 1};
    base::ItemId id;

    // Runs the loop until it is so, or for twenty seconds.
    bool wait(const std::function<bool()>& so) {
        const base::MonoTime end = net::now().mono + 20s;
        net::Timer* again = nullptr;
        net::Timer look(loop, [&] {
            if (so() || net::now().mono > end) return loop.stop();
            again->arm(2ms);
        });
        again = &look;
        look.arm(0ms);
        loop.run();
        return so();
    }
};

constexpr std::uint64_t endless = std::uint64_t{1} << 60;

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a search that is wanted again after it was cancelled is made again") {
    bool first = false;
    bool second = false;
    workers.find_work(id, endless, [&](std::uint64_t) { first = true; });
    REQUIRE(wait([&] { return workers.searching().has_value(); }));
    workers.cancel_work(id);
    workers.find_work(id, 16, [&](std::uint64_t) { second = true; });
    CHECK(wait([&] { return second; }));
    CHECK(!first);
}

TEST_CASE_FIXTURE(Fixture, "how fast it searches is measured once, and told on the loop") {
    double first = 0;
    double second = 0;
    workers.measure_rate([&](double rate) { first = rate; });
    REQUIRE(wait([&] { return first > 0; }));
    workers.measure_rate([&](double rate) { second = rate; });
    REQUIRE(wait([&] { return second > 0; }));
    CHECK(first == second);
}

TEST_CASE_FIXTURE(Fixture,
                  "a short search that is asked for later does not wait behind a long one") {
    const base::ItemId stamp{{2}}, removal{{3}}, later{{4}};
    std::vector<base::ItemId> found;
    const auto find = [&](const base::ItemId& wanted, std::uint64_t trials) {
        workers.find_work(wanted, trials,
                          [&found, wanted](std::uint64_t) { found.push_back(wanted); });
    };
    find(id, endless);
    REQUIRE(wait([&] { return workers.searching().has_value(); }));
    find(stamp, 4096);
    find(removal, 64);
    find(later, 64);
    workers.cancel_work(id);
    REQUIRE(wait([&] { return found.size() == 3; }));
    CHECK(found == std::vector{removal, later, stamp});
}
