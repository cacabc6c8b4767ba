// app/nearest.hpp - what somebody may have meant who mistyped.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace hearsay::app {

// The candidate that is a typing mistake or two away from `word`, or nothing.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

}  // namespace hearsay::app
