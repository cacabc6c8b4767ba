#include "base/time.hpp"

#include <type_traits>

#include <doctest/doctest.h>

using namespace hearsay::base;

template <class Clock>
concept TellsTheTime = requires { Clock::now(); };
static_assert(!TellsTheTime<MonoClock> && !TellsTheTime<WallClock>,
              "time enters the pure rooms as an argument");
static_assert(!std::is_convertible_v<MonoTime, WallTime> &&
                  !std::is_convertible_v<WallTime, MonoTime>,
              "waiting and dating must not be mixed");
static_assert(std::is_convertible_v<Seconds, Millis> && !std::is_convertible_v<Millis, Seconds>,
              "seconds lose nothing as milliseconds; the other way must be written out");

TEST_CASE("wall time counts the seconds since 1970 and reads back, before 1970 too") {
    CHECK(unix_seconds(WallTime{}) == 0);
    for (std::int64_t seconds :
         {std::int64_t{-1}, std::int64_t{0}, std::int64_t{1'780'000'000}, INT64_MAX})
        CHECK(unix_seconds(from_unix_seconds(seconds)) == seconds);
    CHECK(from_unix_seconds(100) + Seconds(20) == from_unix_seconds(120));
}

TEST_CASE("never lies behind every moment") {
    CHECK(MonoTime{} < never);
    CHECK(MonoTime{Millis(INT64_MAX - 1)} < never);
}
