// sim/wire.hpp - one link between two nodes: an ordered, reliable byte stream through Tor that can
// be cut, stalled and read slowly, but never reorders or loses a frame in the middle.
//
// A frame leaves when those before it have left (rate), and arrives after the circuit's latency,
// never before the one sent before it. What has not left yet is the send queue: LinkDrained comes
// when it is empty, and above send_queue_bytes_max the link ends with slow_reader, as in src/net.
#pragma once

#include <array>
#include <optional>
#include <unordered_map>
#include <utility>

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

// By number, from 1; a number is never used again. A link that is closed at both ends is released:
// liars dial again and again, and a run of two hours has millions.
class Wires {
public:
    // Null if neither end is open any more. What it points to stays where it is until then.
    Wire* find(std::uint64_t number) {
        const auto found = open_.find(number);
        return found == open_.end() ? nullptr : &found->second;
    }
    // With at least one end open.
    std::uint64_t add(const Wire& wire) {
        open_.emplace(++last_, wire);
        return last_;
    }
    // The link itself if that was its last open end; it is not here any more.
    std::optional<Wire> close_end(std::uint64_t number, std::size_t end) {
        const auto found = open_.find(number);
        found->second.ends[end].open = false;
        if (found->second.open()) return std::nullopt;
        return std::move(open_.extract(found).mapped());
    }
    std::uint64_t open_count() const { return open_.size(); }

private:
    std::unordered_map<std::uint64_t, Wire> open_;  // never walked: its order would reach a run
    std::uint64_t last_ = 0;
};

}  // namespace hearsay::sim
