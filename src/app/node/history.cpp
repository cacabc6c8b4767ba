#include "app/node/history.hpp"

#include <algorithm>
#include <limits>

#include "base/limits/api.hpp"

namespace hearsay::app {
namespace {

// Bytes a second, rounded down. Counters that fell say nothing.
std::uint32_t rate(std::uint64_t before, std::uint64_t after, base::Millis span) {
    if (after <= before) return 0;
    const double a_second =
        static_cast<double>(after - before) * 1000 / static_cast<double>(span.count());
    constexpr auto most = std::numeric_limits<std::uint32_t>::max();
    return a_second >= static_cast<double>(most) ? most : static_cast<std::uint32_t>(a_second);
}

}  // namespace

void History::add(const Figures& figures, base::MonoTime now) {
    Sample sample{.at = now,
                  .items = figures.items,
                  .links_outbound = figures.links_outbound,
                  .links_inbound = figures.links_inbound};
    if (!samples_.empty()) {
        const base::Millis span = now - samples_.back().at;
        if (span <= base::Millis(0)) return;
        sample.received_rate = rate(received_bytes_, figures.received_bytes, span);
        sample.sent_rate = rate(sent_bytes_, figures.sent_bytes, span);
    }
    received_bytes_ = figures.received_bytes;
    sent_bytes_ = figures.sent_bytes;
    samples_.push_back(sample);
    if (samples_.size() > base::limits::history_samples_max) samples_.pop_front();
}

}  // namespace hearsay::app
