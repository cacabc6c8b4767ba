#include "sim/meters/timely.hpp"

#include <algorithm>

#include "sim/figures.hpp"
#include "sim/hiding.hpp"

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

Timely::Timely(const RunView& view, const Holdings& holdings, const Secrecy& secrecy,
               const LostItems& lost, EventQueue<Event>& events)
    : view_(view),
      holdings_(holdings),
      secrecy_(secrecy),
      lost_(lost),
      events_(events),
      within_(view.options.scenario.timely_s * 1000) {}

void Timely::on_made(ItemNumber number) {
    ways_.resize(number + 1);
    ways_[number].uncounted = !is_counted(view_.oracle[number].purpose);
    if (ways_[number].uncounted || within_ == Millis(0)) return;
    events_.push(view_.now() + within_, TimelinessDue{number});
}

void Timely::on_handed_over(ItemNumber number, const HandedOver& one) {
    ways_[number].injections.push_back(one);
}

void Timely::on_kept(std::uint32_t at, const core::Effects& kept) {
    const SimNode& node = view_.nodes[at];
    if (!node.connected) return;
    for (const core::Effect& effect : kept) {
        const auto* store = std::get_if<core::Store>(&effect);
        const auto number = store ? view_.oracle.find(store->item->id) : std::nullopt;
        if (!number || holdings_.has_stored(at, *number) || ways_[*number].uncounted) continue;
        Way& way = ways_[*number];
        const Millis took = view_.now() - std::max(clock_from(*number), node.since);
        way.slowest_ms = std::max(way.slowest_ms, static_cast<std::uint32_t>(took.count()));
        way.last = view_.now();
        if (view_.maker(*number) == at) way.back = view_.now();
    }
}

base::MonoTime Timely::clock_from(ItemNumber number) const {
    const base::MonoTime published = view_.oracle[number].published;
    const base::MonoTime out = secrecy_.out(number);
    const SimNode& maker = view_.nodes[view_.maker(number)];
    const bool waited = out == base::MonoTime{} || out > maker.since;
    return waited ? std::max(published, maker.since) : published;
}

void Timely::on(const TimelinessDue& event) {
    const ItemNumber number = event.item;
    const SimNode& maker = view_.nodes[view_.maker(number)];
    const bool held_up = !maker.online && secrecy_.out(number) == base::MonoTime{};
    const base::MonoTime due = held_up ? view_.now() + look_again : clock_from(number) + within_;
    if (due > view_.now() && !maker.lost) return events_.push(due, event);
    ways_[number].judged = true;
    if (!view_.is_live(number) || lost_.contains(number) || maker.lost || !maker.connected) return;
    ++items_;
    Late late = look_for(number, within_);
    if (!late.lacking.empty()) late_.push_back(std::move(late));
}

// Who lacks it, of the nodes that are up for so long.
Timely::Late Timely::look_for(ItemNumber number, Millis within) const {
    Late out{number, 0, {}, {}};
    for (std::uint32_t at = 0; at < view_.nodes.size(); ++at) {
        const SimNode& node = view_.nodes[at];
        if (!node.connected || !node.online || view_.now() - node.since < within) continue;
        if (lays_aside(node, at, view_.oracle[number])) continue;
        ++out.wanted;
        if (!holdings_.lacks(at, number)) continue;
        if (out.lacking.size() < lacking_told) out.links += "; " + neighbourhood(at, number);
        out.lacking.push_back(at);
    }
    return out;
}

// ---- why ----------------------------------------------------------------------------------------

std::string Timely::name_of(std::uint32_t at) const {
    const SimNode& node = view_.nodes[at];
    return std::to_string(at) +
           (node.honest ? "" : std::string(" (") + sim::name_of(node.byzantine->vice()) + ")");
}

// Of a node that lacks the item: whom it is linked to, and who of these could give it.
std::string Timely::neighbourhood(std::uint32_t at, ItemNumber number) const {
    std::size_t links = 0;
    std::size_t honest = 0;
    std::size_t holding = 0;
    for (const auto& [id, link] : view_.nodes[at].engine->core().links().all()) {
        if (!link.stands()) continue;
        const std::uint32_t other = view_.nodes.at(*link.peer);
        ++links;
        if (!view_.nodes[other].honest) continue;
        ++honest;
        holding += holdings_.lacks(other, number) ? 0 : 1;
    }
    return "node " + std::to_string(at) + " had " + std::to_string(links) + " links, " +
           std::to_string(honest) + " to honest nodes, of which " + std::to_string(holding) +
           " held it";
}

std::string Timely::why(const Late& late) const {
    const Way& way = ways_[late.number];
    const base::MonoTime published = view_.oracle[late.number].published;
    const auto after = [&](base::MonoTime at) {
        return at == base::MonoTime{} ? std::string("never") : "after " + seconds(at - published);
    };
    std::string out = "item " + std::to_string(late.number) + " of node " +
                      std::to_string(view_.maker(late.number)) + ": " +
                      std::to_string(late.lacking.size()) + " of " + std::to_string(late.wanted) +
                      " nodes lacked it " + seconds(within_) + " after it was made; out " +
                      after(secrecy_.out(late.number)) + ", heard back " + after(way.back) +
                      ", last stored " + after(way.last) + "; injected " +
                      std::to_string(way.injections.size()) + " times:";
    for (std::size_t i = 0; i < std::min(way.injections.size(), injections_told); ++i) {
        const HandedOver& one = way.injections[i];
        out +=
            " " + name_of(one.to) + (one.came ? " +" : " failed +") + seconds(one.at - published);
    }
    return out + late.links;
}

void Timely::finish(Outcome& out) {
    for (ItemNumber number = 0; within_ > Millis(0) && number < ways_.size(); ++number) {
        const Way& way = ways_[number];
        if (way.uncounted || way.judged || !view_.is_live(number)) continue;
        if (look_for(number, Millis(0)).lacking.empty()) ++items_;
    }
    std::vector<std::uint32_t> slowest;
    for (const Way& way : ways_)
        if (!way.uncounted && way.last != base::MonoTime{}) slowest.push_back(way.slowest_ms);
    const auto everywhere = percentiles(std::move(slowest));
    out.timely.items = items_;
    out.timely.late = late_.size();
    out.timely.everywhere_t50_ms = everywhere[50];
    out.timely.everywhere_t99_ms = everywhere[99];
    out.timely.everywhere_most_ms = everywhere[100];
    for (const Late& late : late_)
        if (out.timely.reasons.size() < Timeliness::reasons_max)
            out.timely.reasons.push_back(why(late));
    const Scenario& scenario = view_.options.scenario;
    const double least = static_cast<double>(scenario.timely_permille) / 1000;
    if (out.timely.share() < least)
        out.failures.push_back("not in time: " + std::to_string(out.timely.late) + " of " +
                               std::to_string(out.timely.items) +
                               " items were not everywhere within " +
                               std::to_string(scenario.timely_s) + " s");
}

}  // namespace hearsay::sim
