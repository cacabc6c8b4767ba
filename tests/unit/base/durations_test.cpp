#include "base/durations.hpp"

#include <doctest/doctest.h>

namespace hearsay::base {
namespace {

TEST_CASE("a duration is digits and a unit") {
    CHECK(parse_duration("90s", "smhd") == Seconds(90));
    CHECK(parse_duration("5m", "smhd") == Seconds(300));
    CHECK(parse_duration("2h", "smhd") == Seconds(7200));
    CHECK(parse_duration("7d", "smhd") == Seconds(604800));
    CHECK(parse_duration("0s", "smhd") == Seconds(0));
    CHECK(parse_duration("007m", "smhd") == Seconds(420));
    CHECK(parse_duration("999999999d", "smhd") == Seconds(86'399'999'913'600));
}

TEST_CASE("anything else is no duration") {
    for (const char* bad : {"", "s", "5", "5x", "5S", "-5s", "+5s", "5 s", " 5s", "5s ", "5.5h",
                            "5ms", "1h30m", "1000000000s", "99999999999999999999d"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_duration(bad, "smhd").has_value());
    }
}

TEST_CASE("only the units that are asked for are taken") {
    CHECK_FALSE(parse_duration("5s", "mhd").has_value());
    CHECK(parse_duration("5d", "d").has_value());
    CHECK_FALSE(parse_duration("5x", "x").has_value());
}

}  // namespace
}  // namespace hearsay::base
