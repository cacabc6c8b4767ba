#include "sim/latency.hpp"

#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

using namespace hearsay;

TEST_CASE("round trips have a median of about 0.6 s and a 99th percentile of about 3 s") {
    base::Rng rng(base::Secret{});
    std::vector<std::int64_t> trips;
    for (int i = 0; i < 20000; ++i) {
        const base::Millis circuit = sim::draw_circuit(rng);
        trips.push_back(
            (sim::frame_latency(circuit, rng) + sim::frame_latency(circuit, rng)).count());
    }
    std::sort(trips.begin(), trips.end());
    CHECK(trips[10000] > 550);
    CHECK(trips[10000] < 650);
    CHECK(trips[19800] > 2600);
    CHECK(trips[19800] < 3400);
}

TEST_CASE("a link takes seconds to set up") {
    base::Rng rng(base::Secret{});
    for (int i = 0; i < 1000; ++i) {
        const base::Millis setup = sim::draw_setup(rng);
        CHECK(setup >= base::Millis(1000));
        CHECK(setup <= base::Millis(16000));
    }
}
