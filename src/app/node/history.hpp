// app/node/history.hpp - how the node was doing over the last day, for the page's plots: one sample
// a minute in a ring of fixed size. It is gone when the node ends, and nothing of it is written.
//
// Rules:
//   1. A sample holds the links and items of its moment, and how fast bytes went since the sample
//      before. What the node counts never falls, so the first sample says nothing of speed: it is
//      kept as where counting begins, and shown with none.
//   2. Times are MonoTime: a clock that is set moves no sample. A machine that slept leaves a gap;
//      the speed after it is that of the whole gap.
//   3. At most history_samples_max samples; beyond, the oldest goes. Two never have the same time.
// No I/O, no clock.
#pragma once

#include <cstdint>
#include <deque>

#include "base/time.hpp"

namespace hearsay::app {

class History {
public:
    struct Figures {
        std::uint64_t received_bytes = 0;  // since the node began, as sent_bytes
        std::uint64_t sent_bytes = 0;
        std::uint32_t items = 0;
        std::uint32_t links_outbound = 0;
        std::uint32_t links_inbound = 0;
    };
    struct Sample {
        base::MonoTime at;
        std::uint32_t received_rate = 0;  // bytes a second, as sent_rate
        std::uint32_t sent_rate = 0;
        std::uint32_t items = 0;
        std::uint32_t links_outbound = 0;
        std::uint32_t links_inbound = 0;
        bool operator==(const Sample&) const = default;
    };

    // Ignored unless `now` is later than the last one.
    void add(const Figures& figures, base::MonoTime now);
    const std::deque<Sample>& samples() const { return samples_; }  // oldest first

private:
    std::deque<Sample> samples_;
    std::uint64_t received_bytes_ = 0;  // at the last sample
    std::uint64_t sent_bytes_ = 0;
};

}  // namespace hearsay::app
