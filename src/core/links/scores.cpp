#include "core/links/scores.hpp"

#include <algorithm>

#include "base/ensure.hpp"
#include "base/limits/links.hpp"
#include "base/waits.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
constexpr std::int64_t point = 1000;

}  // namespace

// Halved for each whole half-life, and linearly in between.
std::int64_t Scores::decayed(const Score& score, base::MonoTime now) {
    if (now <= score.at) return score.millipoints;
    const base::Millis past = now - score.at;
    const auto halvings = past / limits::score_half_life;
    if (halvings >= 20) return 0;
    const std::int64_t left = score.millipoints >> halvings;
    const auto rest = (past % limits::score_half_life).count();
    return left - left * rest / (2 * limits::score_half_life.count());
}

Scores::Score& Scores::place_for(const base::PeerId& peer, base::MonoTime now) {
    if (scores_.contains(peer) || scores_.size() < limits::banned_peers_max) return scores_[peer];
    std::erase_if(scores_, [&](const auto& entry) {
        return entry.second.until <= now && decayed(entry.second, now) < point / 2;
    });
    if (scores_.size() >= limits::banned_peers_max)
        scores_.erase(std::min_element(
            scores_.begin(), scores_.end(),
            [](const auto& a, const auto& b) { return a.second.until < b.second.until; }));
    return scores_[peer];
}

bool Scores::on_fault(const base::PeerId& peer, base::MonoTime now) {
    Score& score = place_for(peer, now);
    score.millipoints = decayed(score, now) + point;
    score.at = now;
    // rounded: some decayed meanwhile
    const std::int64_t points = (score.millipoints + point / 2) / point;
    const bool too_many = points >= limits::ban_score;
    const auto doublings = static_cast<std::uint32_t>(points - 1);
    score.until =
        std::max(score.until,
                 now + (too_many ? limits::ban_long
                                 : base::doubled(limits::ban_wait, doublings, limits::ban_long)));
    return too_many;
}

void Scores::forgive(const base::PeerId& peer) {
    scores_.erase(peer);
}

base::MonoTime Scores::shunned_until(const base::PeerId& peer) const {
    const auto found = scores_.find(peer);
    return found == scores_.end() ? base::MonoTime{} : found->second.until;
}

void Scores::sanity_check() const {
    ENSURE(scores_.size() <= limits::banned_peers_max, "more peers are remembered than may be");
    for (const auto& [peer, score] : scores_)
        ENSURE(score.millipoints > 0 && score.at < score.until, "a score without a fault");
}

double Scores::points(const base::PeerId& peer, base::MonoTime now) const {
    const auto found = scores_.find(peer);
    return found == scores_.end()
               ? 0.0
               : static_cast<double>(decayed(found->second, now)) / static_cast<double>(point);
}

}  // namespace hearsay::core
