// Whether each honest item was everywhere in time. The clock of an item runs from its making; if
// its maker came up again before the item was anywhere else, from then: who is down injects
// nothing. What expired or was superseded before it was due is not counted,
// nor is a node that was not up for all that time.
#include <algorithm>

#include "sim/world.hpp"

namespace hearsay::sim {
namespace {

using base::Millis;

constexpr Millis look_again(60'000);
constexpr std::size_t lacking_told = 3;
constexpr std::size_t injections_told = 24;

std::string seconds(Millis from) {
    return std::to_string(from.count() / 1000) + " s";
}

}  // namespace

void World::watch_timely(ItemNumber number) {
    timely_.ways.resize(number + 1);
    const Made& made = oracle_[number];
    timely_.ways[number].warm_up = made.purpose == Purpose::warm_up;
    if (timely_.ways[number].warm_up || options_.scenario.timely_s == 0) return;
    events_.push(now_ + Millis(options_.scenario.timely_s * 1000), TimelinessDue{number});
}

base::MonoTime World::made(ItemNumber number) const {
    const base::MonoTime published = oracle_[number].published;
    const SimNode& maker = nodes_[origin_[number]];
    const bool waited = out_[number] == base::MonoTime{} || out_[number] > maker.since;
    return waited ? std::max(published, maker.since) : published;
}

bool World::lacks(std::uint32_t at, ItemNumber number) const {
    const SimNode& node = nodes_[at];
    const bool had = number < node.stored.size() && node.stored[number];
    return !had && node.store.presence(oracle_[number].item->id) != core::Presence::alive;
}

void World::on(const TimelinessDue& event) {
    const ItemNumber number = event.item;
    const Millis within(options_.scenario.timely_s * 1000);
    const SimNode& maker = nodes_[origin_[number]];
    const bool held_up = !maker.online && out_[number] == base::MonoTime{};
    const base::MonoTime due = held_up ? now_ + look_again : made(number) + within;
    if (due > now_ && !maker.lost) return events_.push(due, event);
    timely_.ways[number].judged = true;
    const bool lost = number < lost_items_.size() && lost_items_[number];
    if (!oracle_.is_live(number, truth()) || lost || maker.lost || !maker.connected) return;
    ++timely_.items;
    LateItem late = look_for(number, within);
    if (!late.lacking.empty()) timely_.late.push_back(std::move(late));
}

// Who lacks it, of the nodes that are up for so long.
LateItem World::look_for(ItemNumber number, Millis within) const {
    LateItem out{number, 0, {}, {}};
    for (std::uint32_t at = 0; at < nodes_.size(); ++at) {
        const SimNode& node = nodes_[at];
        if (!node.connected || !node.online || now_ - node.since < within) continue;
        ++out.wanted;
        if (!lacks(at, number)) continue;
        if (out.lacking.size() < lacking_told) out.links += "; " + neighbourhood(at, number);
        out.lacking.push_back(at);
    }
    return out;
}

// ---- why ----------------------------------------------------------------------------------------

std::string World::name_of(std::uint32_t at) const {
    const SimNode& node = nodes_[at];
    return std::to_string(at) +
           (node.honest ? "" : std::string(" (") + sim::name_of(node.byzantine->vice()) + ")");
}

// Of a node that lacks the item: whom it is linked to, and who of these could give it.
std::string World::neighbourhood(std::uint32_t at, ItemNumber number) const {
    std::size_t links = 0;
    std::size_t honest = 0;
    std::size_t holding = 0;
    for (const auto& [id, link] : nodes_[at].engine->core().links().all()) {
        if (!link.stands()) continue;
        const std::uint32_t other = by_id_.at(*link.peer);
        ++links;
        if (!nodes_[other].honest) continue;
        ++honest;
        holding += lacks(other, number) ? 0 : 1;
    }
    return "node " + std::to_string(at) + " had " + std::to_string(links) + " links, " +
           std::to_string(honest) + " to honest nodes, of which " + std::to_string(holding) +
           " held it";
}

std::string World::why_late(const LateItem& late) const {
    const TimelyNotes::Way& way = timely_.ways[late.number];
    const base::MonoTime published = oracle_[late.number].published;
    const auto after = [&](base::MonoTime at) {
        return at == base::MonoTime{} ? std::string("never") : "after " + seconds(at - published);
    };
    std::string out = "item " + std::to_string(late.number) + " of node " +
                      std::to_string(origin_[late.number]) + ": " +
                      std::to_string(late.lacking.size()) + " of " + std::to_string(late.wanted) +
                      " nodes lacked it " + seconds(Millis(options_.scenario.timely_s * 1000)) +
                      " after it was made; out " + after(out_[late.number]) + ", heard back " +
                      after(way.back) + ", last stored " + after(way.last) + "; injected " +
                      std::to_string(way.injections.size()) + " times:";
    for (std::size_t i = 0; i < std::min(way.injections.size(), injections_told); ++i) {
        const TimelyNotes::HandedOver& one = way.injections[i];
        out +=
            " " + name_of(one.to) + (one.came ? " +" : " failed +") + seconds(one.at - published);
    }
    return out + late.links;
}

void World::finish_timely(Outcome& out) {
    // A run ends as soon as everything is everywhere, before the last items are due.
    for (ItemNumber number = 0; options_.scenario.timely_s > 0 && number < timely_.ways.size();
         ++number) {
        const TimelyNotes::Way& way = timely_.ways[number];
        if (way.warm_up || way.judged || !oracle_.is_live(number, truth())) continue;
        if (look_for(number, Millis(0)).lacking.empty()) ++timely_.items;
    }
    std::vector<std::uint32_t> slowest;
    for (const TimelyNotes::Way& way : timely_.ways)
        if (!way.warm_up && way.last != base::MonoTime{}) slowest.push_back(way.slowest_ms);
    const auto everywhere = percentiles(std::move(slowest));
    out.timely.items = timely_.items;
    out.timely.late = timely_.late.size();
    out.timely.everywhere_t50_ms = everywhere[50];
    out.timely.everywhere_t99_ms = everywhere[99];
    out.timely.everywhere_most_ms = everywhere[100];
    for (const LateItem& late : timely_.late)
        if (out.timely.reasons.size() < Timeliness::reasons_max)
            out.timely.reasons.push_back(why_late(late));
    const double least = static_cast<double>(options_.scenario.timely_permille) / 1000;
    if (out.timely.share() < least)
        out.failures.push_back("not in time: " + std::to_string(out.timely.late) + " of " +
                               std::to_string(out.timely.items) +
                               " items were not everywhere within " +
                               std::to_string(options_.scenario.timely_s) + " s");
}

}  // namespace hearsay::sim
