#include "run_support.hpp"

#include <algorithm>

#include <doctest/doctest.h>

namespace hearsay::sim {

RunOptions small_run(const std::string& scenario, std::uint32_t nodes, std::uint32_t offers,
                     const std::vector<std::string>& changes) {
    RunOptions out;
    out.scenario = *find_scenario(scenario);
    for (const std::string& setting : changes) REQUIRE(change(out.scenario, setting));
    out.nodes = nodes;
    out.offers = offers;
    return out;
}

bool mentions(const std::vector<std::string>& lines, const std::string& words) {
    return std::ranges::any_of(
        lines, [&](const std::string& line) { return line.find(words) != std::string::npos; });
}

double figure(const Outcome& outcome, const std::string& name) {
    const auto found =
        std::ranges::find_if(outcome.extra, [&](const auto& extra) { return extra.first == name; });
    INFO(name);
    REQUIRE(found != outcome.extra.end());
    return found->second;
}

}  // namespace hearsay::sim
