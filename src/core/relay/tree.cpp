#include "core/relay/tree.hpp"

#include <algorithm>

#include "base/limits.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::Millis;

constexpr Millis lead_most{1500};  // one stalled frame must not decide
constexpr Millis lead_least{100};  // a third of a usual link: less is noise
constexpr std::int64_t lead_counts = 6;
constexpr std::int64_t lead_window = 10;
constexpr std::uint64_t swap_one_in = 5;

constexpr std::uint32_t look_after = 16;  // deliveries
constexpr std::uint32_t duplicates_few_percent = 4;
constexpr std::uint32_t duplicates_many_percent = 9;
constexpr std::uint32_t duplicates_chance = 3;  // that may come by chance on top
constexpr std::uint32_t patience_most = 64;

}  // namespace

std::optional<Shortcuts::Swap> Shortcuts::learn(const Heard& settled,
                                                const std::function<bool(base::LinkId)>& is_lazy,
                                                base::Rng& rng) {
    if (!settled.from || settled.requested || is_lazy(*settled.from)) return std::nullopt;
    std::optional<base::LinkId> best;
    std::int64_t best_ms = lead_least.count();
    for (const Heard::Announcer& one : settled.announcers) {
        if (one.link == *settled.from || one.asked || !is_lazy(one.link)) continue;
        Lead& lead = leads_[{*settled.from, one.link}];
        const std::int64_t ms = std::clamp(settled.came - one.at, -lead_most, lead_most).count();
        lead.count = std::min(lead.count + 1, lead_window);
        lead.mean_ms += (ms - lead.mean_ms) / lead.count;
        if (lead.count < lead_counts || lead.mean_ms < best_ms) continue;
        best = one.link;
        best_ms = lead.mean_ms;
    }
    if (!best || rng.below(swap_one_in) != 0) return std::nullopt;
    leads_.clear();  // all were measured against another tree
    return Swap{*settled.from, *best};
}

void Shortcuts::on_link_gone(base::LinkId link) {
    std::erase_if(leads_,
                  [&](const auto& lead) { return lead.first.first == link || lead.first.second == link; });
}

bool Early::on_delivered() {
    ++delivered_;
    return settle();
}

bool Early::on_duplicate() {
    ++duplicates_;
    return settle();
}

bool Early::settle() {
    const std::uint32_t many = duplicates_chance + delivered_ * duplicates_many_percent / 100;
    if (level_ > 0 && duplicates_ > many) {
        --level_;
        delivered_ = duplicates_ = looks_ = 0;
        patience_ = std::min(patience_ * 4, patience_most);
        return true;
    }
    if (delivered_ < look_after * (looks_ + 1)) return false;
    ++looks_;
    const bool few = duplicates_ * 100 <= delivered_ * duplicates_few_percent;
    if (few && looks_ >= patience_ && level_ < limits::early_hops_max) {
        ++level_;
        delivered_ = duplicates_ = looks_ = 0;
        return true;
    }
    if (looks_ >= patience_most) delivered_ = duplicates_ = looks_ = 0;  // the network changes: look anew
    return false;
}

}  // namespace hearsay::core
