// base/waits.hpp - a wait that doubles with each try, up to a most.
#pragma once

#include <algorithm>

#include "base/time.hpp"

namespace hearsay::base {

inline Millis doubled(Millis first, std::uint32_t times, Millis most) {
    Millis wait = first;
    for (std::uint32_t i = 0; i < times && wait < most; ++i) wait *= 2;
    return std::min(wait, most);
}

}  // namespace hearsay::base
