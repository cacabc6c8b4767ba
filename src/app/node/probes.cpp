#include "app/node/probes.hpp"

#include "base/limits/audit.hpp"
#include "core/messages.hpp"

namespace hearsay::app {

void Probes::begin(net::Links& links, const core::SendProbe& probe) {
    const base::LinkId link = links.dial(probe.peer, net::DialKind::anonymous, probe.patience);
    under_way_[link] = {
        {probe.id, probe.peer, std::nullopt}, probe.number, probe.frames, 0, nullptr};
}

bool Probes::on_link_up(net::Links& links, base::LinkId link) {
    const auto found = under_way_.find(link);
    if (found == under_way_.end()) return false;
    found->second.stay =
        std::make_unique<net::Timer>(loop_, [&links, link] { links.close(link, true); });
    found->second.stay->arm(base::limits::probe_stay);
    for (const core::FramePtr& frame : found->second.frames) links.send(link, frame);
    return true;
}

bool Probes::on_frame(net::Links& links, base::LinkId link, base::ByteView frame) {
    const auto found = under_way_.find(link);
    if (found == under_way_.end()) return false;
    UnderWay& state = found->second;
    if (state.heard >= base::limits::probe_frames_max || state.result.held) return true;
    ++state.heard;
    const auto message = core::parse(frame);
    const auto* held = message ? std::get_if<core::Held>(&*message) : nullptr;
    if (held && held->number == state.number) state.result.held = held->held;
    if (state.result.held || state.heard >= base::limits::probe_frames_max) links.close(link, true);
    return true;
}

bool Probes::on_dial_failed(base::LinkId link) {
    return finish(link);
}

bool Probes::on_link_down(base::LinkId link) {
    return finish(link);
}

bool Probes::finish(base::LinkId link) {
    auto done = under_way_.extract(link);
    if (done.empty()) return false;
    answer_(std::move(done.mapped().result));
    return true;
}

}  // namespace hearsay::app
