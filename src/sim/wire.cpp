#include "sim/wire.hpp"

#include <algorithm>

#include "sim/latency.hpp"

namespace hearsay::sim {

base::MonoTime Wire::send(std::size_t end, std::size_t bytes, base::MonoTime now, base::Rng& rng) {
    WireEnd& from = ends[end];
    const base::Millis takes((static_cast<std::int64_t>(bytes) * 1000 + from.rate - 1) / from.rate);
    from.busy_until = std::max({from.busy_until, from.stalled_until, now}) + takes;
    from.last_arrival = std::max(from.last_arrival, from.busy_until + frame_latency(circuit, rng));
    return from.last_arrival;
}

std::int64_t Wire::queued_bytes(std::size_t end, base::MonoTime now) const {
    const WireEnd& from = ends[end];
    const base::MonoTime leaves_from = std::max(now, from.stalled_until);
    return from.busy_until <= leaves_from
               ? 0
               : (from.busy_until - leaves_from).count() * from.rate / 1000;
}

}  // namespace hearsay::sim
