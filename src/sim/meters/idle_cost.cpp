#include "sim/meters/idle_cost.hpp"

#include "sim/frames.hpp"

namespace hearsay::sim {
namespace {

constexpr base::Millis window(3'600'000);

}  // namespace

void IdleCost::begin() {
    if (view_.options.scenario.idle != 0)
        events_.push(view_.clock.calm_at() - window, IdleHourBegins{});
}

void IdleCost::on_dial(std::uint32_t from) {
    if (measures_ && view_.nodes[from].honest) ++dials_;
}

void IdleCost::on_sent(std::uint32_t from, std::uint32_t to, const core::FramePtr& frame) {
    if (!measures_) return;
    const int kind = kind_of(*frame);
    if (kind != frame_find && kind != frame_contacts && kind != frame_hello) return;
    const std::size_t ends =
        (view_.nodes[from].honest ? 1U : 0U) + (view_.nodes[to].honest ? 1U : 0U);
    bytes_ += ends * (frame->size() + frame_head);
}

void IdleCost::finish(Outcome& out) {
    const Scenario& scenario = view_.options.scenario;
    if (scenario.idle == 0) return;
    const double nodes = view_.nodes.honest_count();
    const double hours = static_cast<double>(window.count()) / 3'600'000;
    const double bytes = static_cast<double>(bytes_) / nodes / (3600 * hours);
    const double circuits = static_cast<double>(dials_) / nodes / hours;
    out.add("idle_bytes_per_s", bytes);
    out.add("idle_circuits_per_hour", circuits);
    const auto expect = [&](bool reached, const std::string& what) {
        if (!reached) out.failures.push_back(what);
    };
    expect(scenario.idle_bytes == 0 || bytes < static_cast<double>(scenario.idle_bytes),
           "an idle node's discovery takes " + std::to_string(bytes) + " bytes a second");
    expect(scenario.idle_circuits == 0 || circuits < static_cast<double>(scenario.idle_circuits),
           "an idle node opens " + std::to_string(circuits) + " circuits an hour");
}

}  // namespace hearsay::sim
