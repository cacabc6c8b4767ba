// base/durations.hpp - spans of time as people write them: "90s", "5m", "2h", "7d".
#pragma once

#include <optional>
#include <string_view>

#include "base/time.hpp"

namespace hearsay::base {

// One to nine digits and one of the letters in `units`, which are some of s, m, h and d. Nothing
// for anything else; zero is zero, and bounds are the caller's.
std::optional<Seconds> parse_duration(std::string_view text, std::string_view units);

}  // namespace hearsay::base
