// Links of the simulated network: how a dial becomes a wire, and what a wire does to frames.
#include <algorithm>

#include "base/limits/links.hpp"
#include "base/limits/relay.hpp"
#include "sim/frames.hpp"
#include "sim/latency.hpp"
#include "sim/world.hpp"

namespace hearsay::sim {
namespace {

namespace limits = base::limits;
using base::Millis;

constexpr std::int64_t rate_least = 25'000;  // bytes a second through Tor, as others saw it
constexpr std::int64_t rate_most = 174'000;
constexpr std::int64_t rate_slow = 500;
constexpr std::size_t frame_head = 4;  // a frame's length

}  // namespace

bool World::reaches(std::uint32_t from, std::uint32_t to) const {
    return nodes_[to].online && !(parted_ && nodes_[from].side != nodes_[to].side);
}

// A circuit that takes longer than the caller's patience is given up.
void World::dial(std::uint32_t from, const core::Dial& wish) {
    if (finding_.idle && nodes_[from].honest) ++finding_.dials;
    const auto known = by_id_.find(wish.peer);
    if (known == by_id_.end() || !reaches(from, known->second)) return fail_dial(from, wish);
    const Life caller{from, nodes_[from].life};
    const Millis takes = draw_setup(link_rng_);
    if (takes > wish.patience)
        events_.push(now_ + wish.patience, DialFailed{caller, wish.peer});
    else
        events_.push(now_ + takes, CircuitBuilt{caller, known->second});
}

// Who is gone is mostly noticed by patience alone, sometimes by Tor's word.
// Nobody has an invented key.
void World::fail_dial(std::uint32_t from, const core::Dial& wish) {
    const Millis most = std::max(Millis(3000), wish.patience);
    events_.push(now_ + link_rng_.between(Millis(3000), most),
                 DialFailed{{from, nodes_[from].life}, wish.peer});
}

void World::on(const DialFailed& event) {
    if (lives(event.from))
        turn(event.from.node, core::DialFailed{event.peer, std::nullopt, "no answer"});
}

void World::on(const CircuitBuilt& event) {
    const std::uint32_t from = event.from.node;
    const std::uint32_t to = event.to;
    if (!lives(event.from)) return;
    if (!reaches(from, to))
        return events_.push(now_ + link_rng_.between(Millis(3000), limits::dial_wait_first),
                            DialFailed{event.from, nodes_[to].id});
    const std::uint64_t number = make_wire(from, to);
    if (discovers() && nodes_[from].honest) nodes_[from].answered.insert(to);
    turn(to, core::LinkUp{base::LinkId{number}, nodes_[from].id, false});
    // The callee may have crashed in its turn; the caller's Dial is answered all the same.
    if (nodes_[from].online) turn(from, core::LinkUp{base::LinkId{number}, nodes_[to].id, true});
}

std::uint64_t World::make_wire(std::uint32_t from, std::uint32_t to) {
    Wire wire;
    wire.circuit = draw_circuit(link_rng_);
    wire.since = now_;
    for (std::size_t end = 0; end < 2; ++end) {
        wire.ends[end].node = end == 0 ? from : to;
        wire.ends[end].open = true;
        const bool slow = nodes_[end == 0 ? to : from].slow;
        const auto spread = static_cast<std::uint64_t>(rate_most - rate_least);
        wire.ends[end].rate =
            slow ? rate_slow : rate_least + static_cast<std::int64_t>(link_rng_.below(spread));
    }
    const std::uint64_t number = wires_.add(wire);
    for (const WireEnd& end : wire.ends) nodes_[end.node].wires.push_back(number);
    return number;
}

// ---- injecting ----------------------------------------------------------------------------------

void World::visit(std::uint32_t from, const core::Inject& inject) {
    const Life visitor{from, nodes_[from].life};
    const std::uint64_t visit = next_visit_++;
    visits_[visit] = inject;
    if (reaches(from, by_id_.at(inject.peer)))
        return events_.push(now_ + draw_setup(link_rng_), VisitBegins{visitor, visit});
    events_.push(now_ + link_rng_.between(Millis(3000), std::max(Millis(3000), inject.patience)),
                 VisitFailed{visitor, visit});
}

void World::on(const VisitFailed& event) {
    if (lives(event.from)) return end_visit(event.from.node, event.visit, false);
    visits_.erase(event.visit);
}

// The callee has an anonymous link, over which everything comes at once;
// the caller is gone again in the same moment.
void World::on(const VisitBegins& event) {
    const std::uint32_t from = event.from.node;
    const core::Inject inject = visits_.at(event.visit);
    const std::uint32_t to = by_id_.at(inject.peer);
    if (!lives(event.from)) {
        visits_.erase(event.visit);
        return;
    }
    if (!reaches(from, to)) return end_visit(from, event.visit, false);
    const std::uint64_t number = make_wire(from, to);
    wires_.find(number)->visit = event.visit;
    turn(to, core::LinkUp{base::LinkId{number}, std::nullopt, false});
    for (const core::FramePtr& frame : inject.frames) send(from, {base::LinkId{number}, frame});
    disconnect(from, {base::LinkId{number}, std::nullopt});
}

void World::end_visit(std::uint32_t from, std::uint64_t number, bool ok) {
    const auto visit = visits_.extract(number);
    const ItemNumber item = *oracle_.find(visit.mapped().id);
    timely_.ways[item].injections.push_back({now_, by_id_.at(visit.mapped().peer), ok});
    turn(from, core::Injected{visit.mapped().id, visit.mapped().peer, ok,
                              ok ? std::string() : "no answer"});
}

// Real copies of items came to this node, or their ids.
void World::note_arrival(std::uint32_t at, const core::FramePtr& frame) {
    SimNode& node = nodes_[at];
    for (const ItemNumber number : items_in(frame)) {
        if (number == no_item) continue;
        if (origin_[number] == at)
            node.secret.erase(number);
        else if (node.honest && out_[number] == base::MonoTime{})
            out_[number] = now_;
    }
    if (kind_of(*frame) != frame_announce && kind_of(*frame) != frame_have) return;
    for (auto& [number, announced] : node.secret)
        announced = announced || names(*frame, oracle_[number].item->id);
}

// ---- frames and ends ----------------------------------------------------------------------------

void World::on(const LinkEnded& event) {
    const Wire* wire = wires_.find(event.wire);
    if (!wire || !wire->ends[wire->end_of(event.node)].open) return;
    const std::uint64_t visit = wire->is_visitor(event.node) ? wire->visit : 0;
    if (visit != 0) end_visit(event.node, visit, true);
    if (const Wire* still = wires_.find(event.wire))
        close_end(event.wire, still->end_of(event.node));
    if (visit != 0) return;
    turn(event.node, core::LinkDown{base::LinkId{event.wire}, event.fault});
}

void World::close_end(std::uint64_t number, std::size_t end) {
    std::erase(nodes_[wires_.find(number)->ends[end].node].wires, number);
    const auto gone = wires_.close_end(number, end);
    if (gone) visits_.erase(gone->visit);  // if its node stopped before it was answered
}

void World::send(std::uint32_t from, const core::Send& send) {
    const auto number = static_cast<std::uint64_t>(send.link);
    Wire* found = wires_.find(number);
    if (!found) return;  // its LinkDown is on the way
    Wire& wire = *found;
    const std::size_t end = wire.end_of(from);
    if (!wire.ends[end].open || wire.cut) return;
    if (wire.queued_bytes(end, now_) > static_cast<std::int64_t>(limits::send_queue_bytes_max)) {
        events_.push(now_, LinkEnded{from, number, base::Fault::slow_reader});
        return cut(number, Millis(5000));
    }
    if (finding_.idle) note_frame(from, wire.ends[1 - end].node, send.frame);
    FrameArrived arrival{wire.ends[1 - end].node, counted_copies_in(send.frame), number,
                         send.frame};
    wire.ends[end].ahead += send.frame->size() + frame_head;
    events_.push(wire.send(end, send.frame->size() + frame_head, now_, link_rng_),
                 std::move(arrival));
    if (std::exchange(wire.ends[end].drain_due, true)) return;
    events_.push(wire.ends[end].busy_until, QueueDrained{from, number});
}

void World::on(const QueueDrained& event) {
    Wire* wire = wires_.find(event.wire);
    if (!wire || wire->is_visitor(event.node)) return;
    WireEnd& end = wire->ends[wire->end_of(event.node)];
    if (end.open && end.busy_until > now_) return events_.push(end.busy_until, event);
    end.drain_due = false;
    // Only who stopped sending because much was waiting may have something to wait for now.
    const bool was_busy = std::exchange(end.ahead, 0) > limits::relay_ahead_bytes / 2;
    const std::uint32_t life = nodes_[event.node].life;
    if (!end.open) return;
    turn(event.node, core::LinkDrained{base::LinkId{event.wire}});
    if (was_busy && nodes_[event.node].online && nodes_[event.node].life == life) arm(event.node);
}

void World::on(const FrameArrived& event) {
    Wire* wire = wires_.find(event.wire);
    if (!wire || wire->cut) return;
    const std::size_t end = wire->end_of(event.node);
    if (!wire->ends[end].open) return;
    if (kind_of(*event.frame) == frame_compare) wire->ends[end].symbols = 0;  // a round begins
    SimNode& node = nodes_[event.node];
    if (node.throttled || !node.held.empty()) {
        node.held.push_back(event);
        return;
    }
    if (node.connected && now_ >= measured_from_ && nodes_[wire->ends[1 - end].node].honest) {
        figures_.bytes += event.frame->size() + frame_head;
        figures_.copies += event.copies;
    }
    // An item leaves its maker by a visit only, and most nodes have no secret.
    if ((event.copies > 0 && wire->visit != 0) || !node.secret.empty())
        note_arrival(event.node, event.frame);
    turn(event.node, core::FrameReceived{base::LinkId{event.wire}, *event.frame});
}

// The node reads again: what arrived meanwhile comes first, and in order.
void World::on(const ReadingResumed& event) {
    SimNode& node = nodes_[event.node];
    std::size_t waiting = node.held.size();
    for (; waiting > 0 && !node.throttled && !node.held.empty(); --waiting) {
        auto rest = std::exchange(node.held, {});
        const FrameArrived first = std::move(rest.front());
        rest.pop_front();
        on(first);
        if (node.online) node.held = std::move(rest);
    }
}

void World::disconnect(std::uint32_t from, const core::Disconnect& gone) {
    const auto number = static_cast<std::uint64_t>(gone.link);
    const Wire* found = wires_.find(number);
    if (!found) return;
    const Wire& wire = *found;
    const std::size_t end = wire.end_of(from);
    // A polite goodbye lets the last frames out; who broke the rules gets no more.
    const base::MonoTime last = gone.fault ? now_ : std::max(now_, wire.ends[end].last_arrival);
    events_.push(last + (gone.fault ? frame_latency(wire.circuit, link_rng_) : Millis(0)),
                 LinkEnded{wire.ends[1 - end].node, number, {}});
    events_.push(now_, LinkEnded{from, number, {}});
}

void World::cut(std::uint64_t number, Millis noticed_within) {
    Wire& wire = *wires_.find(number);
    wire.cut = true;
    for (const WireEnd& end : wire.ends)
        if (end.open)
            events_.push(now_ + link_rng_.between(Millis(1), noticed_within),
                         LinkEnded{end.node, number, {}});
}

}  // namespace hearsay::sim
