// sim/checks/link_limits.hpp - S6: links, verifications, rounds, questions and queues stay within
// base/limits/ (which ones: docs/simulator.md), and a node's timer does not spin.
//
//   over a link   one Hello, first; rounds not too often and not with too many symbols; not much
//                 more than a reader has taken; not too many questions, and no answer unasked
//   of a node     links of each sort, whom it knows, what is being verified
//   of a step     what it forgets at once, and the patience of its dials
#pragma once

#include "sim/failures.hpp"
#include "sim/wire.hpp"

namespace hearsay::sim {

class LinkLimits final : public Observer {
public:
    // Remembers in each wire what was sent over it.
    LinkLimits(const RunView& view, Wires& wires, Failures& failures)
        : view_(view), wires_(wires), failures_(failures) {}

    // A timer fired so often within a millisecond that the run would never end.
    bool spins() const { return spins_; }

    void on_timer(std::uint32_t at) override;
    void on_applied(std::uint32_t at, const core::Input& input,
                    const core::Effects& effects) override;

private:
    struct Timer {
        base::MonoTime at;  // the millisecond of the last one, and how many more were in it
        std::uint32_t more = 0;
    };
    void check_sent(std::uint32_t at, const core::Send& send);
    void check_round(std::uint32_t at, WireEnd& end, const core::FramePtr& frame);
    void check_questions(std::uint32_t at, Wire& wire, const core::FramePtr& frame);
    void check_links(std::uint32_t at);

    const RunView& view_;
    Wires& wires_;
    Failures& failures_;
    std::vector<Timer> timers_;  // by node
    bool spins_ = false;
};

}  // namespace hearsay::sim
