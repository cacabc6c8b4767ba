#include "sim/meters/newcomers_price.hpp"

#include <algorithm>
#include <bit>

#include "sim/figures.hpp"
#include "sim/users/workers.hpp"

namespace hearsay::sim {

void NewcomersPrice::on_wishes(std::uint32_t, const market::Effects& wishes) {
    if (view_.options.scenario.search == 0) return;
    for (const market::Effect& wish : wishes) {
        const auto* work = std::get_if<market::FindWork>(&wish);
        // A stamp's work is for the reader, and a power of two; an item's never is.
        if (!work || std::has_single_bit(work->trials)) continue;
        const auto [place, fresh] = places_.try_emplace(work->id, all_.size());
        if (fresh) all_.push_back({work->id, view_.now(), {}, 0, 0, 0});
        New& one = all_[place->second];
        one.trials += work->trials;
        ++one.searches;
    }
}

std::uint32_t NewcomersPrice::nodes_wanted() const {
    return static_cast<std::uint32_t>(std::ranges::count_if(
        view_.nodes, [](const SimNode& node) { return node.connected && node.online; }));
}

void NewcomersPrice::on_kept(std::uint32_t at, const core::Effects& kept) {
    if (places_.empty() || !view_.nodes[at].connected) return;
    for (const core::Effect& effect : kept) {
        const auto* store = std::get_if<core::Store>(&effect);
        const auto place = store ? places_.find(store->item->id) : places_.end();
        if (place == places_.end()) continue;
        const auto number = view_.oracle.find(store->item->id);
        if (!number || holdings_.has_stored(at, *number)) continue;
        New& one = all_[place->second];
        if (++one.nodes == nodes_wanted()) one.everywhere = view_.now();
    }
}

void NewcomersPrice::add(Outcome& out, const std::string& name, item::Kind kind) const {
    const Scenario& scenario = view_.options.scenario;
    const base::Millis wait(scenario.attack_mhs > 0 ? scenario.attack_from_s * 1000 : 0);
    const base::MonoTime from = view_.clock.faults_at() + wait;
    std::uint32_t begun = 0, searches = 0;
    std::vector<std::uint32_t> waits, core_ms;
    for (const New& one : all_) {
        if (one.begun < from || one.begun >= view_.clock.calm_at()) continue;
        const auto number = view_.oracle.find(one.id);
        if (number && view_.oracle[*number].item->header.kind != kind) continue;
        // What never got as far as the core is counted as an offer: most things are.
        if (!number && kind != item::kind_offer) continue;
        ++begun;
        searches += one.searches;
        constexpr std::uint64_t most = UINT32_MAX;
        core_ms.push_back(
            static_cast<std::uint32_t>(std::min(one.trials / Workers::hashes_per_ms, most)));
        if (one.everywhere != base::MonoTime{})
            waits.push_back(static_cast<std::uint32_t>((one.everywhere - one.begun).count()));
    }
    if (begun == 0) return;
    const auto everywhere = static_cast<double>(waits.size());
    const auto wait_ms = percentiles(std::move(waits));
    const auto cost = percentiles(std::move(core_ms));
    out.add(name + "_new", begun);
    out.add(name + "_everywhere_share", everywhere / begun);
    out.add(name + "_wait_t50_s", static_cast<double>(wait_ms[50]) / 1000);
    out.add(name + "_wait_t99_s", static_cast<double>(wait_ms[99]) / 1000);
    out.add(name + "_core_t50_s", static_cast<double>(cost[50]) / 1000);
    out.add(name + "_core_t99_s", static_cast<double>(cost[99]) / 1000);
    out.add(name + "_core_most_s", static_cast<double>(cost[100]) / 1000);
    out.add(name + "_searches", static_cast<double>(searches) / begun);
}

void NewcomersPrice::finish(Outcome& out) {
    if (view_.options.scenario.search == 0) return;
    add(out, "offers", item::kind_offer);
    add(out, "mail", item::kind_mail);
}

}  // namespace hearsay::sim
