// sim/checks/sent_items.hpp - what a node may send, of each frame, once what the step keeps is
// applied:
//   S1  only genuine items
//   S2  nothing expired by the node's own clock
//   S4  only what is alive in its store
//   S6  no frame over the limit, and none that parse() refuses: it refuses what holds more ids,
//       items or symbols than a frame may
#pragma once

#include "sim/failures.hpp"
#include "sim/frame_items.hpp"

namespace hearsay::sim {

class SentItems final : public Observer {
public:
    SentItems(const RunView& view, FrameItems& frames, Failures& failures)
        : view_(view), frames_(frames), failures_(failures) {}

    void on_applied(std::uint32_t at, const core::Input& input,
                    const core::Effects& effects) override;

private:
    void check(std::uint32_t at, const core::FramePtr& frame);

    const RunView& view_;
    FrameItems& frames_;
    Failures& failures_;
};

}  // namespace hearsay::sim
