#include "sim/failures.hpp"

namespace hearsay::sim {

void Failures::add(std::uint32_t node, const std::string& what) {
    if (all_.size() >= most) return;
    const auto seconds = clock_.now().time_since_epoch().count() / 1000;
    if (all_.empty()) trace_then_ = trace_.text(node, trace_lines);
    all_.push_back("node " + std::to_string(node) + ", " + std::to_string(seconds) + " s: " + what);
}

void Failures::add(const std::string& what) {
    if (all_.size() < most) all_.push_back(what);
}

void Failures::on_step(std::uint32_t at, const core::Input& input, const core::Effects& effects) {
    trace_.add(clock_.now(), at, input, effects);
}

void Failures::finish(Outcome& out) {
    out.failures = all_;
    out.trace = trace_then_;
}

}  // namespace hearsay::sim
