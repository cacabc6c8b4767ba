#include "sim/network.hpp"

#include <algorithm>

#include "base/limits/links.hpp"
#include "core/messages.hpp"
#include "sim/latency.hpp"

namespace hearsay::sim {
namespace {

using base::Millis;

constexpr std::int64_t rate_least = 25'000;  // bytes a second through Tor, as others saw it
constexpr std::int64_t rate_most = 174'000;
constexpr std::int64_t rate_slow = 500;
constexpr Millis failure_least(3000);  // until Tor says that nobody is there

}  // namespace

Network::Network(Cluster& cluster, Wires& wires, FrameItems& frames, const Oracle& oracle,
                 base::Rng& rng)
    : cluster_(cluster),
      nodes_(cluster.nodes()),
      events_(cluster.events()),
      wires_(wires),
      frames_(frames),
      oracle_(oracle),
      rng_(rng) {}

bool Network::reaches(std::uint32_t from, std::uint32_t to) const {
    return nodes_[to].online && !(parted_ && nodes_[from].side != nodes_[to].side);
}

std::uint64_t Network::make_wire(std::uint32_t from, std::uint32_t to) {
    Wire wire;
    wire.circuit = draw_circuit(rng_);
    wire.since = now();
    for (std::size_t end = 0; end < 2; ++end) {
        wire.ends[end].node = end == 0 ? from : to;
        wire.ends[end].open = true;
        const bool slow = nodes_[end == 0 ? to : from].slow;
        const auto spread = static_cast<std::uint64_t>(rate_most - rate_least);
        wire.ends[end].rate =
            slow ? rate_slow : rate_least + static_cast<std::int64_t>(rng_.below(spread));
    }
    const std::uint64_t number = wires_.add(wire);
    for (const WireEnd& end : wire.ends) nodes_[end.node].wires.push_back(number);
    return number;
}

void Network::close_end(std::uint64_t number, std::size_t end) {
    std::erase(nodes_[wires_.find(number)->ends[end].node].wires, number);
    const auto gone = wires_.close_end(number, end);
    if (gone) visits_.erase(gone->visit);  // if its node stopped before it was answered
}

// ---- dials --------------------------------------------------------------------------------------

// Who is gone is mostly noticed by patience alone, sometimes by Tor's word.
// Nobody has an invented key.
void Network::dial(std::uint32_t from, const core::Dial& wish) {
    cluster_.observers().tell<&Observer::on_dial>(from);
    const Life caller{from, nodes_[from].life};
    const auto to = nodes_.find(wish.peer);
    if (!to || !reaches(from, *to)) {
        const Millis takes = rng_.between(failure_least, std::max(failure_least, wish.patience));
        return events_.push(now() + takes, DialFailed{caller, wish.peer});
    }
    const Millis takes = draw_setup(rng_);
    if (takes > wish.patience)
        events_.push(now() + wish.patience, DialFailed{caller, wish.peer});
    else
        events_.push(now() + takes, CircuitBuilt{caller, *to});
}

void Network::on(const DialFailed& event) {
    if (nodes_.live(event.from))
        cluster_.turn(event.from.node, core::DialFailed{event.peer, std::nullopt, "no answer"});
}

void Network::on(const CircuitBuilt& event) {
    const std::uint32_t from = event.from.node;
    const std::uint32_t to = event.to;
    if (!nodes_.live(event.from)) return;
    if (!reaches(from, to))
        return events_.push(now() + rng_.between(failure_least, base::limits::dial_wait_first),
                            DialFailed{event.from, nodes_[to].id});
    const base::LinkId link{make_wire(from, to)};
    cluster_.observers().tell<&Observer::on_answered>(from, to);
    cluster_.turn(to, core::LinkUp{link, nodes_[from].id, false});
    // The callee may have crashed in its turn; the caller's Dial is answered all the same.
    if (nodes_[from].online) cluster_.turn(from, core::LinkUp{link, nodes_[to].id, true});
}

// ---- visits -------------------------------------------------------------------------------------

void Network::inject(std::uint32_t from, const core::Inject& inject) {
    begin_visit(from, {inject}, inject.patience);
}

void Network::probe(std::uint32_t from, const core::SendProbe& probe) {
    begin_visit(from, {probe}, probe.patience);
}

void Network::begin_visit(std::uint32_t from, Visit visit, Millis patience) {
    const Life visitor{from, nodes_[from].life};
    const std::uint64_t number = next_visit_++;
    const bool there = reaches(from, nodes_.at(visit.peer()));
    visits_.emplace(number, std::move(visit));
    if (there) return events_.push(now() + draw_setup(rng_), VisitBegins{visitor, number});
    const Millis most = std::max(failure_least, patience);
    events_.push(now() + rng_.between(failure_least, most), VisitFailed{visitor, number});
}

void Network::on(const VisitFailed& event) {
    if (nodes_.live(event.from)) return end_visit(event.from.node, event.visit, false);
    visits_.erase(event.visit);
}

void Network::on(const VisitBegins& event) {
    const std::uint32_t from = event.from.node;
    const Visit visit = visits_.at(event.visit);
    const std::uint32_t to = nodes_.at(visit.peer());
    if (!nodes_.live(event.from)) {
        visits_.erase(event.visit);
        return;
    }
    if (!reaches(from, to)) return end_visit(from, event.visit, false);
    const std::uint64_t number = make_wire(from, to);
    wires_.find(number)->visit = event.visit;
    cluster_.turn(to, core::LinkUp{base::LinkId{number}, std::nullopt, false});
    for (const core::FramePtr& frame : visit.frames()) send(from, {base::LinkId{number}, frame});
    // Who asks waits for the answer; if none comes, the other side ends the link in its time.
    if (std::holds_alternative<core::Inject>(visit.wish))
        disconnect(from, {base::LinkId{number}, std::nullopt});
}

void Network::hear_visitor(const FrameArrived& event, Wire& wire) {
    const auto found = visits_.find(wire.visit);
    const auto* probe =
        found == visits_.end() ? nullptr : std::get_if<core::SendProbe>(&found->second.wish);
    if (!probe) return;
    const auto message = core::parse(*event.frame);
    const auto* held = message ? std::get_if<core::Held>(&*message) : nullptr;
    if (!held || held->number != probe->number) return;
    found->second.held = held->held;
    disconnect(event.node, {base::LinkId{event.wire}, std::nullopt});
}

void Network::end_visit(std::uint32_t from, std::uint64_t visit, bool ok) {
    const Visit done = std::move(visits_.extract(visit).mapped());
    if (const auto* probe = std::get_if<core::SendProbe>(&done.wish))
        return cluster_.turn(from, core::Probed{probe->id, probe->peer, done.held});
    const auto& inject = std::get<core::Inject>(done.wish);
    cluster_.observers().tell<&Observer::on_handed_over>(
        *oracle_.find(inject.id), HandedOver{now(), nodes_.at(inject.peer), ok});
    cluster_.turn(from,
                  core::Injected{inject.id, inject.peer, ok, ok ? std::string() : "no answer"});
}

// ---- ends ---------------------------------------------------------------------------------------

void Network::on(const LinkEnded& event) {
    const Wire* wire = wires_.find(event.wire);
    if (!wire || !wire->ends[wire->end_of(event.node)].open) return;
    const std::uint64_t visit = wire->is_visitor(event.node) ? wire->visit : 0;
    if (visit != 0) end_visit(event.node, visit, true);
    if (const Wire* still = wires_.find(event.wire))
        close_end(event.wire, still->end_of(event.node));
    if (visit != 0) return;
    cluster_.turn(event.node, core::LinkDown{base::LinkId{event.wire}, event.fault});
}

void Network::disconnect(std::uint32_t from, const core::Disconnect& gone) {
    const auto number = static_cast<std::uint64_t>(gone.link);
    const Wire* wire = wires_.find(number);
    if (!wire) return;
    const std::size_t end = wire->end_of(from);
    const base::MonoTime last = gone.fault ? now() + frame_latency(wire->circuit, rng_)
                                           : std::max(now(), wire->ends[end].last_arrival);
    events_.push(last, LinkEnded{wire->ends[1 - end].node, number, {}});
    events_.push(now(), LinkEnded{from, number, {}});
}

void Network::close_all(std::uint32_t at) {
    SimNode& node = nodes_[at];
    node.throttled = false;
    node.held.clear();
    for (const std::uint64_t number : std::vector<std::uint64_t>(node.wires)) {
        const Wire& wire = *wires_.find(number);
        const std::size_t end = wire.end_of(at);
        const WireEnd& other = wire.ends[1 - end];
        if (other.open && rng_.below(5) != 0)
            events_.push(now() + rng_.between(Millis(100), Millis(10'000)),
                         LinkEnded{other.node, number, {}});
        close_end(number, end);
    }
}

void Network::cut(std::uint64_t number, Millis noticed_within) {
    Wire& wire = *wires_.find(number);
    wire.cut = true;
    for (const WireEnd& end : wire.ends)
        if (end.open)
            events_.push(now() + rng_.between(Millis(1), noticed_within),
                         LinkEnded{end.node, number, {}});
}

void Network::stall(std::uint64_t wire, std::size_t end, base::MonoTime until) {
    wires_.find(wire)->ends[end].stalled_until = until;
}

void Network::part(base::MonoTime until, base::Rng& rng) {
    parted_ = true;
    for (std::uint32_t at = 0; at < nodes_.size(); ++at)
        for (const std::uint64_t number : nodes_[at].wires) {
            const Wire& wire = *wires_.find(number);
            if (wire.ends[0].node != at || wire.cut) continue;  // each once
            if (nodes_[wire.ends[0].node].side == nodes_[wire.ends[1].node].side) continue;
            if (rng.below(2) == 0)
                cut(number, Millis(30'000));
            else
                stall(number, rng.below(2), until);
        }
}

void Network::unstall_all() {
    for (const SimNode& node : nodes_)
        for (const std::uint64_t number : node.wires)
            for (WireEnd& end : wires_.find(number)->ends)
                end.stalled_until = std::min(end.stalled_until, now());
}

}  // namespace hearsay::sim
