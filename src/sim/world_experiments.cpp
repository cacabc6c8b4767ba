// Experiments beside a run: nodes that are lost for ever, models of Kademlia storage that see the
// same nodes come and go and the same things published, and spies.
#include <algorithm>
#include <cmath>

#include "sim/world.hpp"

namespace hearsay::sim {
namespace {

// Names of the fields: the first is the one that Kademlia's paper and most implementations use.
constexpr std::array<std::pair<std::size_t, const char*>, 2> model_ks{
    {{20, "kademlia"}, {8, "kademlia_8"}}};

constexpr double points_allowed = 2;

}  // namespace

void World::begin_experiments() {
    if (options_.scenario.kademlia == 0) return;
    std::vector<base::PeerId> ids;
    for (const SimNode& node : nodes_) ids.push_back(node.id);
    for (const auto& [k, name] : model_ks) models_.emplace_back(k, ids, graph_rng_.fork());
    events_.push(now_ + base::Millis(60'000), ModelsTick{});
}

void World::watch_online(std::uint32_t at) {
    for (KademliaModel& model : models_) model.set_online(at, nodes_[at].online);
}

// A thing is stored under the id of its first version.
void World::watch_published(ItemNumber number) {
    if (models_.empty() || oracle_[number].purpose == Purpose::spam) return;
    const std::uint32_t thing = oracle_[number].thing;
    const base::ItemId& name = oracle_[oracle_.first_of(thing)].item->id;
    for (KademliaModel& model : models_) model.publish(thing, name, now_);
}

void World::note_dropped(ItemNumber number) {
    const base::MonoTime updated = oracle_[oracle_[number].newer.front()].published;
    stale_.push_back(static_cast<std::uint32_t>((now_ - updated).count()));
}

void World::watch_spy(std::uint32_t at, const core::Input& input) {
    if (const auto* up = std::get_if<core::LinkUp>(&input))
        spies_.on_link(at, up->link, up->peer ? std::optional(by_id_.at(*up->peer)) : std::nullopt);
    if (const auto* received = std::get_if<core::FrameReceived>(&input))
        spies_.on_frame(at, *received, oracle_);
}

// ---- availability -------------------------------------------------------------------------------

void World::on(const NodesLost&) {
    std::vector<std::uint32_t> order(nodes_.size());
    for (std::uint32_t at = 0; at < order.size(); ++at) order[at] = at;
    for (std::size_t at = order.size(); at > 1; --at)
        std::swap(order[at - 1], order[fault_rng_.below(at)]);
    order.resize(nodes_.size() * static_cast<std::size_t>(options_.scenario.lose) / 100);
    for (const std::uint32_t at : order) {
        if (nodes_[at].online) stop(at);
        nodes_[at].lost = true;
        for (KademliaModel& model : models_) model.lose(at);
    }
    find_connected();
    lost_items_.assign(oracle_.size(), false);
    for (ItemNumber number = 0; number < oracle_.size(); ++number)
        lost_items_[number] = std::none_of(nodes_.begin(), nodes_.end(), [&](const SimNode& node) {
            return node.connected &&
                   node.store.presence(oracle_[number].item->id) == core::Presence::alive;
        });
    measure_found("");
}

// Of pairs of a live item and an honest node that is up: in how many the node has it itself.
void World::measure_found(const std::string& suffix) {
    std::size_t looked = 0;
    std::size_t found = 0;
    for (ItemNumber number = 0; number < oracle_.size(); ++number) {
        if (!oracle_.is_live(number, truth())) continue;
        for (const SimNode& node : nodes_) {
            if (!counts(node) || !node.online) continue;
            ++looked;
            found += node.store.presence(oracle_[number].item->id) == core::Presence::alive ? 1 : 0;
        }
    }
    const double full =
        looked == 0 ? 1.0 : static_cast<double>(found) / static_cast<double>(looked);
    extra_.emplace_back("found_share_full" + suffix, full);
    for (std::size_t i = 0; i < models_.size(); ++i)
        extra_.emplace_back("found_share_" + std::string(model_ks[i].second) + suffix,
                            models_[i].found_share());
}

// ---- the end ------------------------------------------------------------------------------------

void World::finish_experiments(Outcome& out) {
    out.extra = extra_;
    const auto stale = [&](const std::string& name, const std::vector<std::uint32_t>& times) {
        const auto all = percentiles(times);
        out.extra.emplace_back("stale_ms_" + name, all[100]);
        out.extra.emplace_back("stale_t50_ms_" + name, all[50]);
        out.extra.emplace_back("stale_t99_ms_" + name, all[99]);
    };
    if (!models_.empty() && options_.scenario.update > 0) {
        stale("full", stale_);
        for (std::size_t i = 0; i < models_.size(); ++i)
            stale(model_ks[i].second, models_[i].stale(now_));
    }
    if (spies_.size() == 0) return;
    const Spies::Score score = spies_.score(origin_, oracle_);
    const double chance = 1 / std::max(1.0, honest_count() - static_cast<double>(spies_.size()));
    const double best = std::max(score.hit_share, score.counting_hit_share);
    out.extra.emplace_back("spy_hit_share", score.hit_share);
    out.extra.emplace_back("spy_counting_hit_share", score.counting_hit_share);
    out.extra.emplace_back("spy_chance_share", chance);
    out.extra.emplace_back("spy_points_over_chance", 100 * (best - chance));
    out.extra.emplace_back("spy_guesses", static_cast<double>(score.items));
    // Of few guesses some hit by luck: what is over the allowed must be more than three deviations
    // over.
    const double allowed = chance + points_allowed / 100;
    const auto guesses = static_cast<double>(std::max<std::size_t>(score.items, 1));
    // Guesses that count over a maker's items hit or miss together.
    const double independent = guesses / static_cast<double>(options_.scenario.per_maker);
    const double luck_single = 3 * std::sqrt(allowed * (1 - allowed) / guesses);
    const double luck_counting = 3 * std::sqrt(allowed * (1 - allowed) / independent);
    if (score.hit_share > allowed + luck_single ||
        score.counting_hit_share > allowed + luck_counting)
        out.failures.push_back("spies guess the maker of " + std::to_string(100 * best) +
                               " % of the items; by chance it would be " +
                               std::to_string(100 * chance) + " %");
}

}  // namespace hearsay::sim
