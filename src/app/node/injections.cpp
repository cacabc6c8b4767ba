#include "app/node/injections.hpp"

#include "base/limits/relay.hpp"

namespace hearsay::app {

void Injections::begin(net::Links& links, const core::Inject& inject) {
    const base::LinkId link = links.dial(inject.peer, net::DialKind::anonymous, inject.patience);
    under_way_[link] = {inject.id, inject.peer, inject.frames, false, false, nullptr};
}

bool Injections::on_link_up(net::Links& links, base::LinkId link) {
    const auto found = under_way_.find(link);
    if (found == under_way_.end()) return false;
    found->second.stay =
        std::make_unique<net::Timer>(loop_, [&links, link] { links.close(link, true); });
    found->second.stay->arm(base::limits::injection_stay);
    for (const core::FramePtr& frame : found->second.frames) links.send(link, frame);
    return true;
}

void Injections::go_if_done(net::Links& links, base::LinkId link, const UnderWay& state) {
    if (state.sent && state.heard) links.close(link, true);
}

bool Injections::on_frame(net::Links& links, base::LinkId link) {
    const auto found = under_way_.find(link);
    if (found == under_way_.end()) return false;
    found->second.heard = true;
    go_if_done(links, link, found->second);
    return true;
}

bool Injections::on_drained(net::Links& links, base::LinkId link) {
    const auto found = under_way_.find(link);
    if (found == under_way_.end()) return false;
    found->second.sent = true;
    go_if_done(links, link, found->second);
    return true;
}

bool Injections::on_dial_failed(base::LinkId link, const std::string& why) {
    if (!under_way_.contains(link)) return false;
    finish(link, false, why);
    return true;
}

bool Injections::on_link_down(base::LinkId link) {
    const auto found = under_way_.find(link);
    if (found == under_way_.end()) return false;
    const bool sent = found->second.sent;
    finish(link, sent, sent ? "" : "the link ended before the item had left");
    return true;
}

void Injections::finish(base::LinkId link, bool ok, const std::string& why) {
    const auto done = under_way_.extract(link);
    answer_(core::Injected{done.mapped().id, done.mapped().peer, ok, why});
}

}  // namespace hearsay::app
