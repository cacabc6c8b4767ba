#include "sim/meters/deliveries.hpp"

#include <algorithm>

#include "sim/figures.hpp"
#include "sim/frames.hpp"

namespace hearsay::sim {

void Deliveries::on_kept(std::uint32_t at, const core::Effects& kept) {
    const SimNode& node = view_.nodes[at];
    if (!node.connected) return;
    for (const core::Effect& effect : kept) {
        const auto* store = std::get_if<core::Store>(&effect);
        const auto number = store ? view_.oracle.find(store->item->id) : std::nullopt;
        if (!number || holdings_.has_stored(at, *number)) continue;
        const Made& made = view_.oracle[*number];
        if (!is_counted(made.purpose)) continue;
        const base::MonoTime out = secrecy_.out(*number);
        const base::MonoTime from =
            std::max(out == base::MonoTime{} ? made.published : out, node.since);
        delays_.push_back(static_cast<std::uint32_t>((view_.now() - from).count()));
        if (made.maker == at)
            returns_.push_back(static_cast<std::uint32_t>((view_.now() - made.published).count()));
    }
}

void Deliveries::on_arrival(const Arrival& arrival) {
    if (!view_.nodes[arrival.at].connected || !view_.nodes[arrival.from].honest ||
        view_.now() < view_.clock.faults_at())
        return;
    bytes_ += arrival.frame->size() + frame_head;
    copies_ += arrival.copies;
}

void Deliveries::finish(Outcome& out) {
    out.deliveries = delays_.size();
    const auto deliveries = static_cast<double>(std::max<std::uint64_t>(out.deliveries, 1));
    out.copies_per_delivery = static_cast<double>(copies_) / deliveries;
    out.bytes_per_delivery = static_cast<double>(bytes_) / deliveries;
    out.bytes_per_node = static_cast<double>(bytes_) / std::max(1.0, view_.nodes.honest_count());
    out.delay_percentiles = percentiles(delays_);
    out.t50_ms = out.delay_percentiles[50];
    out.t99_ms = out.delay_percentiles[99];
    const auto returns = percentiles(returns_);
    out.back_t50_ms = returns[50];
    out.back_t99_ms = returns[99];
}

}  // namespace hearsay::sim
