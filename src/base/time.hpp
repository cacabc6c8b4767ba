// base/time.hpp - the two kinds of time, and no way to ask for either.
//
// MonoTime measures waiting: milliseconds since the process began, never steps back.
// WallTime dates things: whole seconds since 1970 UTC, may jump when the user sets the clock.
// Neither clock has a now(): time enters the pure rooms as an argument, so that the same inputs
// give the same effects on any machine. The shell (app) and the simulator read real or
// simulated clocks and pass both as one Now.
#pragma once

#include <chrono>
#include <cstdint>

namespace hearsay::base {

struct MonoClock {
    using duration = std::chrono::duration<std::int64_t, std::milli>;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<MonoClock>;
    static constexpr bool is_steady = true;
};
struct WallClock {
    using duration = std::chrono::duration<std::int64_t>;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<WallClock>;
    static constexpr bool is_steady = false;
};

using MonoTime = MonoClock::time_point;
using WallTime = WallClock::time_point;
using Millis = MonoClock::duration;
using Seconds = WallClock::duration;

struct Now {
    MonoTime mono;
    WallTime wall;
};

constexpr std::int64_t unix_seconds(WallTime time) {
    return time.time_since_epoch().count();
}
constexpr WallTime from_unix_seconds(std::int64_t seconds) {
    return WallTime(Seconds(seconds));
}
constexpr MonoTime never = MonoTime::max();

}  // namespace hearsay::base
