// sim/wire.hpp - one link between two nodes: an ordered, reliable byte stream through Tor that can be
// cut, stalled and read slowly, but never reorders or loses a frame in the middle.
//
// A frame leaves when those before it have left (rate), and arrives after the circuit's latency, never
// before the one sent before it. What has not left yet is the send queue: LinkDrained comes when it is
// empty, and above send_queue_bytes_max the link ends with slow_reader, as in src/net.
#pragma once

#include <array>
#include <deque>
#include <optional>

#include "base/rng.hpp"

namespace hearsay::sim {

struct WireEnd {
    std::uint32_t node = 0;
    bool open = false;             // its node had LinkUp and not yet LinkDown
    bool drain_due = false;        // an event will look whether the queue is empty
    std::int64_t rate = 0;         // bytes a second out of this end
    base::MonoTime busy_until;     // when the last frame sent has left
    base::MonoTime stalled_until;  // nothing sent leaves before
    base::MonoTime last_arrival;   // of a frame sent from this end, at the other
    // What checks remember of the frames sent from this end.
    std::size_t ahead = 0;  // bytes since the queue was empty
    bool hello = false;
    std::optional<base::MonoTime> compared;
    std::size_t mores = 0;  // of this round
    std::size_t symbols = 0;
    std::size_t finds = 0;     // questions
    std::size_t contacts = 0;  // answers
};

struct Wire {
    std::array<WireEnd, 2> ends;
    base::Millis circuit{0};  // one way
    base::MonoTime since;
    bool cut = false;  // nothing on its way arrives any more
    // Not 0: an anonymous visit. The node at ends[0] injects, its core knows nothing of this link.
    std::uint64_t visit = 0;

    std::size_t end_of(std::uint32_t node) const { return ends[0].node == node ? 0 : 1; }
    bool is_visitor(std::uint32_t node) const { return visit != 0 && ends[0].node == node; }
    // When a frame of `bytes` sent now arrives at the other end.
    base::MonoTime send(std::size_t end, std::size_t bytes, base::MonoTime now, base::Rng& rng);
    std::int64_t queued_bytes(std::size_t end, base::MonoTime now) const;
    bool open() const { return ends[0].open || ends[1].open; }
};

// By number, from 1; a number is never used again.
class Wires {
public:
    // Null if neither end is open any more.
    Wire* find(std::uint64_t number) {
        Wire& wire = all_[number - 1];
        return wire.open() ? &wire : nullptr;
    }
    std::uint64_t add(Wire wire) {
        all_.push_back(wire);
        ++open_;
        return all_.size();
    }
    void close_end(std::uint64_t number, std::size_t end) {
        Wire& wire = all_[number - 1];
        wire.ends[end].open = false;
        if (!wire.open()) --open_;
    }
    std::uint64_t open_count() const { return open_; }

private:
    std::deque<Wire> all_;
    std::uint64_t open_ = 0;
};

}  // namespace hearsay::sim
