#include "sim/meters/availability.hpp"

#include <array>

#include "sim/figures.hpp"

namespace hearsay::sim {
namespace {

// Names of the fields: the first is the one that Kademlia's paper and most implementations use.
constexpr std::array<std::pair<std::size_t, const char*>, 2> model_ks{
    {{20, "kademlia"}, {8, "kademlia_8"}}};
constexpr base::Millis model_tick(60'000);

}  // namespace

void Availability::begin(base::Rng& rng) {
    if (view_.options.scenario.kademlia == 0) return;
    std::vector<base::PeerId> ids;
    for (const SimNode& node : view_.nodes) ids.push_back(node.id);
    for (const auto& [k, name] : model_ks) models_.emplace_back(k, ids, rng.fork());
    events_.push(view_.now() + model_tick, ModelsTick{});
}

void Availability::on(const ModelsTick&) {
    for (KademliaModel& model : models_) model.tick(view_.now());
    events_.push(view_.now() + model_tick, ModelsTick{});
}

void Availability::on_nodes_lost(const std::vector<std::uint32_t>& gone) {
    for (const std::uint32_t at : gone)
        for (KademliaModel& model : models_) model.lose(at);
    measure("");
}

void Availability::on_online(std::uint32_t at) {
    for (KademliaModel& model : models_) model.set_online(at, view_.nodes[at].online);
}

void Availability::on_made(ItemNumber number) {
    if (models_.empty() || view_.oracle[number].purpose == Purpose::spam) return;
    const std::uint32_t thing = view_.oracle[number].thing;
    const base::ItemId& name = view_.oracle[view_.oracle.first_of(thing)].item->id;
    for (KademliaModel& model : models_) model.publish(thing, name, view_.now());
}

void Availability::on_kept(std::uint32_t at, const core::Effects& kept) {
    for (const core::Effect& effect : kept) {
        const auto* forget = std::get_if<core::Forget>(&effect);
        if (!forget || !core::is_final(forget->reason)) continue;
        const auto number = view_.oracle.find(forget->id);
        if (!number || view_.maker(*number) == at) continue;
        const base::MonoTime updated = view_.oracle[view_.oracle[*number].newer.front()].published;
        stale_.push_back(static_cast<std::uint32_t>((view_.now() - updated).count()));
    }
}

void Availability::on_calm() {
    if (view_.options.scenario.lose > 0) measure("_later");
}

// Of pairs of a live item and an honest node that is up: in how many the node has it itself.
void Availability::measure(const std::string& suffix) {
    std::size_t looked = 0;
    std::size_t found = 0;
    for (ItemNumber number = 0; number < view_.oracle.size(); ++number) {
        if (!view_.is_live(number)) continue;
        for (std::uint32_t at = 0; at < view_.nodes.size(); ++at) {
            if (!view_.nodes[at].counts() || !view_.nodes[at].online) continue;
            ++looked;
            found += view_.holds(at, number) ? 1 : 0;
        }
    }
    found_.emplace_back("found_share_full" + suffix, share_of(found, looked));
    for (std::size_t i = 0; i < models_.size(); ++i)
        found_.emplace_back("found_share_" + std::string(model_ks[i].second) + suffix,
                            models_[i].found_share());
}

void Availability::finish(Outcome& out) {
    out.extra.insert(out.extra.end(), found_.begin(), found_.end());
    if (models_.empty() || view_.options.scenario.update == 0) return;
    const auto stale = [&](const std::string& name, const std::vector<std::uint32_t>& times) {
        const auto all = percentiles(times);
        out.add("stale_ms_" + name, all[100]);
        out.add("stale_t50_ms_" + name, all[50]);
        out.add("stale_t99_ms_" + name, all[99]);
    };
    stale("full", stale_);
    for (std::size_t i = 0; i < models_.size(); ++i)
        stale(model_ks[i].second, models_[i].stale(view_.now()));
}

}  // namespace hearsay::sim
