// sim/figures.hpp - what a run counts, and the quantiles that are printed of it.
#pragma once

#include <cstdint>
#include <vector>

namespace hearsay::sim {

struct Figures {
    std::uint64_t copies = 0;
    std::uint64_t bytes = 0;
    std::vector<std::uint32_t> delays;   // ms, one a delivery
    std::vector<std::uint32_t> returns;  // ms, one an item that came back to its maker
};

// The 0th to the 100th, 101 numbers; the pth of n values in order is number (n - 1) * p / 100. Of
// no values: zeros.
std::vector<std::uint32_t> percentiles(std::vector<std::uint32_t> values);

}  // namespace hearsay::sim
