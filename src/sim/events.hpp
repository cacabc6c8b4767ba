// sim/events.hpp - what is going to happen, in order of (time, sequence).
//
// Two events of the same millisecond happen in the order in which they were made, so a run depends
// on nothing but its seed. The heap holds 24-byte keys; the events themselves stay where they are.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/ensure.hpp"
#include "base/time.hpp"

namespace hearsay::sim {

template <class Event>
class EventQueue {
public:
    void push(base::MonoTime at, Event event) {
        std::uint32_t slot = 0;
        if (free_.empty()) {
            slot = static_cast<std::uint32_t>(events_.size());
            events_.push_back(std::move(event));
        } else {
            slot = free_.back();
            free_.pop_back();
            events_[slot] = std::move(event);
        }
        heap_.push_back({at, next_++, slot});
        std::push_heap(heap_.begin(), heap_.end(), Later{});
    }
    bool empty() const { return heap_.empty(); }
    base::MonoTime next_time() const { return heap_.empty() ? base::never : heap_.front().at; }
    Event pop() {
        ENSURE(!heap_.empty(), "an event of an empty queue");
        std::pop_heap(heap_.begin(), heap_.end(), Later{});
        const std::uint32_t slot = heap_.back().slot;
        heap_.pop_back();
        free_.push_back(slot);
        return std::exchange(events_[slot], Event{});
    }

private:
    struct Key {
        base::MonoTime at;
        std::uint64_t sequence;
        std::uint32_t slot;
    };
    struct Later {
        bool operator()(const Key& a, const Key& b) const {
            return a.at != b.at ? a.at > b.at : a.sequence > b.sequence;
        }
    };
    std::vector<Key> heap_;
    std::vector<Event> events_;
    std::vector<std::uint32_t> free_;
    std::uint64_t next_ = 0;
};

}  // namespace hearsay::sim
