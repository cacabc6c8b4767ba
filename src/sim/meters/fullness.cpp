#include "sim/meters/fullness.hpp"

#include <algorithm>

#include "sim/figures.hpp"
#include "sim/frames.hpp"

namespace hearsay::sim {
namespace {

constexpr base::Millis look_every(60'000);

double ratio(std::uint64_t part, std::uint64_t all) {
    return share_of(static_cast<std::size_t>(part), static_cast<std::size_t>(all));
}

}  // namespace

void Fullness::begin() {
    if (view_.options.has_budget()) events_.push(view_.clock.faults_at(), FloorsLooked{});
}

base::MonoTime Fullness::attack_from() const {
    return view_.clock.faults_at() + base::Millis(view_.options.scenario.attack_from_s * 1000);
}

Fullness::Look Fullness::look() const {
    Look out;
    out.at_s = static_cast<double>((view_.now() - view_.clock.faults_at()).count()) / 1000;
    std::vector<item::Level> levels;
    for (const SimNode& node : view_.nodes) {
        if (!node.honest || !node.engine || node.engine->is_paused()) continue;
        const item::Floors& floors = node.engine->core().retention().floors();
        out.highest = item::higher(out.highest, floors);
        levels.push_back(*std::ranges::max_element(floors));
        const double held = ratio(node.store.shelves().bytes(), view_.options.budget_bytes());
        out.held_most = std::max(out.held_most, held);
    }
    if (levels.empty()) return out;
    const auto middle = levels.begin() + static_cast<std::ptrdiff_t>(levels.size() / 2);
    std::ranges::nth_element(levels, middle);
    out.median = *middle;
    return out;
}

void Fullness::on(const FloorsLooked&) {
    looks_.push_back(look());
    const bool free = looks_.back().highest == item::Floors{};
    if (!free || !view_.clock.is_calm())
        back_.reset();
    else if (!back_)
        back_ = view_.now();
    events_.push(view_.now() + look_every, FloorsLooked{});
}

void Fullness::on_step(std::uint32_t, const core::Input&, const core::Effects& effects) {
    for (const core::Effect& effect : effects) {
        const auto* forget = std::get_if<core::Forget>(&effect);
        if (!forget || forget->reason != core::ForgetReason::evicted) continue;
        const auto number = view_.oracle.find(forget->id);
        if (!number) continue;
        if (evicted_.size() <= *number) evicted_.resize(*number + 1);
        ++evicted_[*number];
    }
}

void Fullness::on_sent(std::uint32_t from, std::uint32_t, const core::FramePtr& frame) {
    if (view_.now() < view_.clock.faults_at() || !view_.nodes[from].honest) return;
    sent_.resize(view_.nodes.size());
    sent_[from] += frame->size() + frame_head;
}

bool Fullness::is_done() const {
    return !view_.options.has_budget() || back_.has_value();
}

// What was published before the attack began, and everything above the floors of all.
void Fullness::add_kept(Outcome& out) const {
    std::uint64_t before = 0, before_held = 0, above = 0, above_held = 0;
    item::Floors floors{};
    for (const SimNode& node : view_.nodes)
        if (node.honest && node.engine)
            floors = item::higher(floors, node.engine->core().retention().floors());
    for (ItemNumber number = 0; number < view_.oracle.size(); ++number) {
        const Made& made = view_.oracle[number];
        if (!view_.is_live(number)) continue;
        const bool is_before = made.purpose != Purpose::attack && made.published < attack_from();
        const bool is_above = item::is_above(item::standing_of(*made.item), floors);
        if (!is_before && !is_above) continue;
        std::uint64_t nodes = 0, held = 0;
        for (std::uint32_t at = 0; at < view_.nodes.size(); ++at) {
            if (!view_.nodes[at].connected || !view_.nodes[at].online) continue;
            ++nodes;
            held += view_.holds(at, number) ? 1 : 0;
        }
        before += is_before ? nodes : 0;
        before_held += is_before ? held : 0;
        // What all refused, or let go, while floors were higher, no node lacks beside the others.
        if (!is_above || held == 0) continue;
        above += nodes;
        above_held += held;
    }
    if (view_.options.scenario.attack_mhs > 0)
        out.add("kept_from_before_share", ratio(before_held, before));
    out.add("complete_above_floors_share", ratio(above_held, above));
}

// Of offers that came after the attack began: those whose ids attackers aimed at, and the others.
void Fullness::add_aimed(Outcome& out) const {
    if (view_.options.scenario.aim == 0) return;
    std::array<std::uint64_t, 2> offers{}, times{};
    for (std::size_t i = 0; i < publishing_.offers().size(); ++i) {
        const auto number = publishing_.newest(publishing_.offers()[i].thing);
        if (!number || view_.oracle[*number].published < attack_from()) continue;
        ++offers[i % 2];
        times[i % 2] += *number < evicted_.size() ? evicted_[*number] : 0;
    }
    const auto nodes = static_cast<std::uint64_t>(view_.nodes.honest_count());
    out.add("aimed_offers", static_cast<double>(offers[0]));
    out.add("aimed_evictions_by_node", offers[0] == 0 ? 0 : ratio(times[0], offers[0] * nodes));
    out.add("other_offers", static_cast<double>(offers[1]));
    out.add("other_evictions_by_node", offers[1] == 0 ? 0 : ratio(times[1], offers[1] * nodes));
}

void Fullness::finish(Outcome& out) {
    if (!view_.options.has_budget()) return;
    double held_most = 0;
    item::Floors highest{};
    std::vector<std::pair<double, double>> floors, medians, held;
    for (const Look& look : looks_) {
        held_most = std::max(held_most, look.held_most);
        highest = item::higher(highest, look.highest);
        floors.emplace_back(look.at_s, *std::ranges::max_element(look.highest));
        medians.emplace_back(look.at_s, look.median);
        held.emplace_back(look.at_s, 100 * look.held_most);
    }
    out.add("incumbents_kept_share", 1 - ratio(budget_.incumbents_evicted(),
                                               std::max<std::uint64_t>(budget_.incumbents(), 1)));
    add_kept(out);
    out.add("evictions_by_node",
            static_cast<double>(budget_.evicted()) / std::max(1.0, view_.nodes.honest_count()));
    out.add("held_most_by_budget", held_most);
    for (std::size_t of = 0; of < highest.size(); ++of)
        out.add("floor_most_" + std::string(item::name(static_cast<item::StoreClass>(of))),
                highest[of]);
    const double most_sent =
        sent_.empty() ? 0 : static_cast<double>(*std::ranges::max_element(sent_));
    out.add("sent_bytes_most", most_sent);
    const double seconds =
        static_cast<double>((view_.now() - view_.clock.faults_at()).count()) / 1000;
    out.add("sent_bytes_per_s_most", most_sent / std::max(1.0, seconds));
    // -1: not within the calm
    out.add("floors_back_s",
            back_ ? static_cast<double>((*back_ - view_.clock.calm_at()).count()) / 1000 : -1);
    add_aimed(out);
    if (!view_.options.curve) return;
    out.series.emplace_back("floor_highest", std::move(floors));
    out.series.emplace_back("floor_median", std::move(medians));
    out.series.emplace_back("held_percent", std::move(held));
}

}  // namespace hearsay::sim
