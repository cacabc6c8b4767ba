#include "sim/figures.hpp"

#include <doctest/doctest.h>

using namespace hearsay;

TEST_CASE("percentiles are those of the values in order; of none they are zero") {
    CHECK(sim::percentiles({})[50] == 0);
    std::vector<std::uint32_t> values;
    for (std::uint32_t i = 0; i < 1001; ++i) values.push_back(1000 - i);
    const auto found = sim::percentiles(values);
    CHECK(found.size() == 101);
    CHECK(found[0] == 0);
    CHECK(found[50] == 500);
    CHECK(found[99] == 990);
    CHECK(found[100] == 1000);
}
