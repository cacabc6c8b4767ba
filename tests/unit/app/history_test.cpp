// app/node/history.hpp: a day of samples, a minute each.
#include "app/node/history.hpp"

#include <limits>

#include <doctest/doctest.h>

#include "base/limits/api.hpp"

namespace hearsay::app {
namespace {

using base::limits::history_interval;
using base::limits::history_samples_max;

constexpr base::MonoTime start{base::Millis(5000)};

base::MonoTime minute(int n) {
    return start + history_interval * n;
}

TEST_CASE("a sample tells links and items, and how fast bytes went since the one before") {
    History history;
    history.add({1000, 500, 7, 3, 2}, minute(0));
    history.add({61'000, 12'500, 8, 4, 1}, minute(1));
    REQUIRE(history.samples().size() == 2);
    CHECK(history.samples()[0] == History::Sample{minute(0), 0, 0, 7, 3, 2});
    CHECK(history.samples()[1] == History::Sample{minute(1), 1000, 200, 8, 4, 1});
}

TEST_CASE("after a gap the speed is that of the whole gap") {
    History history;
    history.add({}, minute(0));
    history.add({.received_bytes = 600'000}, minute(10));
    REQUIRE(history.samples().size() == 2);
    CHECK(history.samples()[1].at == minute(10));
    CHECK(history.samples()[1].received_rate == 1000);
}

TEST_CASE("a day is kept, and beyond it the oldest goes") {
    History history;
    const int day = static_cast<int>(history_samples_max);
    for (int n = 0; n < day; ++n) history.add({}, minute(n));
    CHECK(history.samples().size() == history_samples_max);
    CHECK(history.samples().front().at == minute(0));
    history.add({}, minute(day));
    CHECK(history.samples().size() == history_samples_max);
    CHECK(history.samples().front().at == minute(1));
    CHECK(history.samples().back().at == minute(day));
}

TEST_CASE("two samples never have the same time, and no counter makes a speed out of nothing") {
    History history;
    history.add({.received_bytes = 1000}, minute(1));
    history.add({.received_bytes = 2000, .items = 9}, minute(1));
    history.add({.received_bytes = 2000, .items = 9}, minute(0));
    REQUIRE(history.samples().size() == 1);
    CHECK(history.samples()[0].items == 0);
    history.add({.received_bytes = 10}, minute(2));  // it fell
    history.add({.received_bytes = std::numeric_limits<std::uint64_t>::max()}, minute(3));
    CHECK(history.samples()[1].received_rate == 0);
    CHECK(history.samples()[2].received_rate == std::numeric_limits<std::uint32_t>::max());
}

}  // namespace
}  // namespace hearsay::app
