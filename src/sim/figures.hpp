// sim/figures.hpp - the quantiles and shares that are printed of what a run counts.
#pragma once

#include <cstdint>
#include <vector>

namespace hearsay::sim {

// The 0th to the 100th, 101 numbers; the pth of n values in order is number (n - 1) * p / 100. Of
// no values: zeros.
std::vector<std::uint32_t> percentiles(std::vector<std::uint32_t> values);
// Of nothing: 1.
double share_of(std::size_t part, std::size_t all);

}  // namespace hearsay::sim
