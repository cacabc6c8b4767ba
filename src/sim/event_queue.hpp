// sim/event_queue.hpp - what is going to happen, in order of (time, sequence).
//
// Two events of the same millisecond happen in the order in which they were made, so a run depends
// on nothing but its seed. A calendar: one list for each of the next 65,536 milliseconds, so that
// pushing and popping cost the same however many events wait; a heap holds what is further away,
// and hands it over as soon as its millisecond comes into the calendar - before anything younger
// can be put there.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/ensure.hpp"
#include "base/time.hpp"

namespace hearsay::sim {

template <class Event>
class EventQueue {
public:
    // Not before the last event popped.
    void push(base::MonoTime at, Event event) {
        ENSURE(at >= begin_, "an event in the past");
        std::uint32_t slot = free_;
        if (slot == none) {
            slot = static_cast<std::uint32_t>(events_.size());
            events_.push_back({std::move(event), at, none});
        } else {
            free_ = events_[slot].next;
            events_[slot] = {std::move(event), at, none};
        }
        ++count_;
        if ((at - begin_).count() < static_cast<std::int64_t>(days)) return note(slot);
        far_.push_back({at, next_++, slot});
        std::push_heap(far_.begin(), far_.end(), Later{});
    }
    bool empty() const { return count_ == 0; }
    base::MonoTime next_time() const {
        if (empty()) return base::never;
        const std::size_t found = next_day();
        return found == none ? far_.front().at : events_[calendar_[found].first].at;
    }
    Event pop() {
        ENSURE(!empty(), "an event of an empty queue");
        begin_ = next_time();
        while (!far_.empty() &&
               (far_.front().at - begin_).count() < static_cast<std::int64_t>(days)) {
            std::pop_heap(far_.begin(), far_.end(), Later{});
            note(far_.back().slot);
            far_.pop_back();
        }
        const std::size_t today = day_of(begin_);
        Day& day = calendar_[today];
        const std::uint32_t slot = day.first;
        day.first = events_[slot].next;
        if (day.first == none) busy_[today / 64] &= ~(std::uint64_t{1} << today % 64);
        events_[slot].next = std::exchange(free_, slot);
        --count_;
        return std::exchange(events_[slot].event, Event{});
    }

private:
    static constexpr std::size_t days = 1 << 16;
    static constexpr std::uint32_t none = UINT32_MAX;
    struct Noted {
        Event event;
        base::MonoTime at;
        std::uint32_t next = none;  // of the same millisecond, or of the free ones
    };
    struct Day {
        std::uint32_t first = none;
        std::uint32_t last = none;
    };
    struct Far {
        base::MonoTime at;
        std::uint64_t sequence;
        std::uint32_t slot;
    };
    struct Later {
        bool operator()(const Far& a, const Far& b) const {
            return a.at != b.at ? a.at > b.at : a.sequence > b.sequence;
        }
    };
    static std::size_t day_of(base::MonoTime at) {
        return static_cast<std::size_t>(at.time_since_epoch().count()) % days;
    }
    void note(std::uint32_t slot) {
        const std::size_t at = day_of(events_[slot].at);
        Day& day = calendar_[at];
        if (day.first == none)
            day.first = slot;
        else
            events_[day.last].next = slot;
        day.last = slot;
        busy_[at / 64] |= std::uint64_t{1} << at % 64;
    }
    // The first day from today on with an event; none if the calendar is empty.
    std::size_t next_day() const {
        const std::size_t today = day_of(begin_);
        std::size_t word = today / 64;
        std::uint64_t bits = busy_[word] & (~std::uint64_t{0} << today % 64);
        for (std::size_t looked = 0; looked <= busy_.size(); ++looked) {
            if (bits != 0) return word * 64 + static_cast<std::size_t>(std::countr_zero(bits));
            word = (word + 1) % busy_.size();
            bits = busy_[word];
        }
        return none;
    }

    std::vector<Noted> events_;
    std::vector<Day> calendar_ = std::vector<Day>(days);
    std::vector<std::uint64_t> busy_ = std::vector<std::uint64_t>(days / 64);  // a bit a day
    std::vector<Far> far_;
    base::MonoTime begin_;  // of the calendar: the time of the last event popped
    std::uint32_t free_ = none;
    std::uint64_t next_ = 0;
    std::size_t count_ = 0;
};

}  // namespace hearsay::sim
