// sim/failures.hpp - which rules were broken, by whom and when, and the last steps of the first who
// broke one.
#pragma once

#include <string>
#include <vector>

#include "sim/observer.hpp"
#include "sim/trace.hpp"

namespace hearsay::sim {

class Failures final : public Observer {
public:
    static constexpr std::size_t most = 5;

    explicit Failures(const Clock& clock) : clock_(clock) {}

    // What is wrong with a node, a sentence.
    void add(std::uint32_t node, const std::string& what);
    // What is wrong with the whole at the end.
    void add(const std::string& what);

    void on_step(std::uint32_t at, const core::Input& input, const core::Effects& effects) override;
    void finish(Outcome& out) override;

private:
    static constexpr std::size_t trace_lines = 30;
    const Clock& clock_;
    TraceRing trace_;
    std::vector<std::string> all_;
    std::string trace_then_;
};

}  // namespace hearsay::sim
