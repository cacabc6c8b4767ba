#include "sim/experiments.hpp"

#include <algorithm>
#include <array>

namespace hearsay::sim {
namespace {

constexpr std::array<std::int64_t, 5> losses{10, 30, 50, 70, 90};  // %

}  // namespace

Outcome run_scenario(const RunOptions& options) {
    if (options.scenario.lose_each == 0) return World(options).run();
    Outcome out;
    Digest digest;
    std::vector<std::pair<std::string, double>> each;
    for (const std::int64_t lost : losses) {
        RunOptions one = options;
        one.scenario.lose = lost;
        const Outcome found = World(one).run();
        digest.mix(base::as_bytes(found.digest));
        if (lost == losses.front()) {
            out = found;
        } else {
            out.steps += found.steps;
            out.delivered_share = std::min(out.delivered_share, found.delivered_share);
            for (std::size_t i = 0; i < found.extra.size(); ++i)
                out.extra[i].second = std::min(out.extra[i].second, found.extra[i].second);
            if (out.failures.empty()) out.trace = found.trace;
            for (const std::string& failure : found.failures)
                out.failures.push_back("with " + std::to_string(lost) + " % lost: " + failure);
        }
        for (const auto& [name, value] : found.extra)
            each.emplace_back(name + "_g" + std::to_string(lost), value);
    }
    out.extra.insert(out.extra.end(), each.begin(), each.end());
    out.digest = digest.text();
    return out;
}

}  // namespace hearsay::sim
