#include "sim/meters/spy_ring.hpp"

#include <algorithm>
#include <cmath>

namespace hearsay::sim {
namespace {

constexpr double points_allowed = 2;

}  // namespace

void SpyRing::enlist(const std::vector<std::uint32_t>& nodes) {
    for (const std::uint32_t at : nodes) spies_.enlist(at);
}

void SpyRing::on_step(std::uint32_t at, const core::Input& input, const core::Effects&) {
    if (!spies_.has(at)) return;
    if (const auto* up = std::get_if<core::LinkUp>(&input))
        spies_.on_link(at, up->link,
                       up->peer ? std::optional(view_.nodes.at(*up->peer)) : std::nullopt);
    if (const auto* received = std::get_if<core::FrameReceived>(&input))
        spies_.on_frame(at, *received, view_.oracle);
}

void SpyRing::finish(Outcome& out) {
    if (spies_.size() == 0) return;
    const Spies::Score score = spies_.score(view_.oracle);
    const double others = view_.nodes.honest_count() - static_cast<double>(spies_.size());
    const double chance = 1 / std::max(1.0, others);
    const double best = std::max(score.hit_share, score.counting_hit_share);
    out.add("spy_hit_share", score.hit_share);
    out.add("spy_counting_hit_share", score.counting_hit_share);
    out.add("spy_chance_share", chance);
    out.add("spy_points_over_chance", 100 * (best - chance));
    out.add("spy_guesses", static_cast<double>(score.items));
    // Of few guesses some hit by luck: what is over the allowed must be more than three deviations
    // over.
    const double allowed = chance + points_allowed / 100;
    const auto guesses = static_cast<double>(std::max<std::size_t>(score.items, 1));
    // Guesses that count over a maker's items hit or miss together.
    const double independent = guesses / static_cast<double>(view_.options.scenario.per_maker);
    const double luck_single = 3 * std::sqrt(allowed * (1 - allowed) / guesses);
    const double luck_counting = 3 * std::sqrt(allowed * (1 - allowed) / independent);
    if (score.hit_share > allowed + luck_single ||
        score.counting_hit_share > allowed + luck_counting)
        out.failures.push_back("spies guess the maker of " + std::to_string(100 * best) +
                               " % of the items; by chance it would be " +
                               std::to_string(100 * chance) + " %");
}

}  // namespace hearsay::sim
