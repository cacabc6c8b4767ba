// app/node/probes.hpp - carries out core::SendProbe: an anonymous dial, its frames, one answer.
//
// The core never sees these links: they come up, ask and go here.
// Each SendProbe gets exactly one Probed:
//   - the Held of its number came                  -> what it says
//   - the dial failed, the link ended, or neither  -> nothing
//     came within probe_stay and probe_frames_max frames
// What else the node says is not listened to. We end the link ourselves once we know.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "core/effects.hpp"
#include "core/inputs.hpp"
#include "net/links.hpp"
#include "net/loop.hpp"

namespace hearsay::app {

class Probes {
public:
    Probes(net::Loop& loop, std::function<void(core::Probed)> answer)
        : loop_(loop), answer_(std::move(answer)) {}

    void begin(net::Links& links, const core::SendProbe& probe);

    // True: it is one of ours, and nobody else's business.
    bool on_link_up(net::Links& links, base::LinkId link);
    bool on_dial_failed(base::LinkId link);
    bool on_frame(net::Links& links, base::LinkId link, base::ByteView frame);
    bool on_drained(base::LinkId link) const { return under_way_.contains(link); }
    bool on_link_down(base::LinkId link);

private:
    struct UnderWay {
        core::Probed result;
        std::uint32_t number = 0;
        std::vector<core::FramePtr> frames;
        std::size_t heard = 0;
        std::unique_ptr<net::Timer> stay;
    };
    bool finish(base::LinkId link);

    net::Loop& loop_;
    std::function<void(core::Probed)> answer_;
    std::map<base::LinkId, UnderWay> under_way_;
};

}  // namespace hearsay::app
