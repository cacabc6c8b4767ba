#include "sim/figures.hpp"

#include <algorithm>

namespace hearsay::sim {

std::vector<std::uint32_t> percentiles(std::vector<std::uint32_t> values) {
    std::vector<std::uint32_t> out(101);
    if (values.empty()) return out;
    std::sort(values.begin(), values.end());
    for (std::size_t percent = 0; percent <= 100; ++percent)
        out[percent] = values[(values.size() - 1) * percent / 100];
    return out;
}

double share_of(std::size_t part, std::size_t all) {
    return all == 0 ? 1.0 : static_cast<double>(part) / static_cast<double>(all);
}

}  // namespace hearsay::sim
