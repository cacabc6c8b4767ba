// Frames on their way: what leaves a node, when it arrives, and who reads it then.
#include <algorithm>

#include "base/limits/relay.hpp"
#include "sim/frames.hpp"
#include "sim/network.hpp"

namespace hearsay::sim {

namespace limits = base::limits;

void Network::send(std::uint32_t from, const core::Send& send) {
    const auto number = static_cast<std::uint64_t>(send.link);
    Wire* found = wires_.find(number);
    if (!found) return;  // its LinkDown is on the way
    Wire& wire = *found;
    const std::size_t end = wire.end_of(from);
    if (!wire.ends[end].open || wire.cut) return;
    if (wire.queued_bytes(end, now()) > static_cast<std::int64_t>(limits::send_queue_bytes_max)) {
        events_.push(now(), LinkEnded{from, number, base::Fault::slow_reader});
        return cut(number, base::Millis(5000));
    }
    const std::uint32_t to = wire.ends[1 - end].node;
    cluster_.observers().tell<&Observer::on_sent>(from, to, send.frame);
    const std::size_t bytes = send.frame->size() + frame_head;
    wire.ends[end].ahead += bytes;
    events_.push(wire.send(end, bytes, now(), rng_),
                 FrameArrived{to, frames_.counted_in(send.frame), number, send.frame});
    if (std::exchange(wire.ends[end].drain_due, true)) return;
    events_.push(wire.ends[end].busy_until, QueueDrained{from, number});
}

void Network::on(const QueueDrained& event) {
    Wire* wire = wires_.find(event.wire);
    if (!wire || wire->is_visitor(event.node)) return;
    WireEnd& end = wire->ends[wire->end_of(event.node)];
    if (end.open && end.busy_until > now()) return events_.push(end.busy_until, event);
    end.drain_due = false;
    // Only who stopped sending because much was waiting may have something to wait for now.
    const bool was_busy = std::exchange(end.ahead, 0) > limits::relay_ahead_bytes / 2;
    const Life life{event.node, nodes_[event.node].life};
    if (!end.open) return;
    cluster_.turn(event.node, core::LinkDrained{base::LinkId{event.wire}});
    if (was_busy && nodes_.live(life)) cluster_.arm(event.node);
}

void Network::on(const FrameArrived& event) {
    Wire* wire = wires_.find(event.wire);
    if (!wire || wire->cut) return;
    const std::size_t end = wire->end_of(event.node);
    if (!wire->ends[end].open) return;
    if (wire->is_visitor(event.node)) return hear_visitor(event, *wire);
    if (kind_of(*event.frame) == frame_compare) wire->ends[end].symbols = 0;  // a round begins
    SimNode& node = nodes_[event.node];
    if (node.throttled || !node.held.empty()) {
        node.held.push_back(event);
        return;
    }
    const std::uint32_t from = wire->ends[1 - end].node;
    cluster_.observers().tell<&Observer::on_arrival>(
        Arrival{from, event.node, wire->visit != 0, event.copies, event.frame});
    cluster_.turn(event.node, core::FrameReceived{base::LinkId{event.wire}, *event.frame});
}

void Network::throttle(std::uint32_t at, bool on) {
    nodes_[at].throttled = on;
    if (!on) events_.push(now(), ReadingResumed{at});
}

void Network::on(const ReadingResumed& event) {
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

}  // namespace hearsay::sim
