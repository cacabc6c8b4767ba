// app/node/injections.hpp - carries out core::Inject: an anonymous dial, its frames, a polite end.
//
// The core never sees these links: they come up, send and go here. Each Inject gets exactly one Injected:
//   - the dial failed                        -> not ok, with the door's reason
//   - the link ended before all had left us  -> not ok
//   - all had left for Tor, and it ended     -> ok; only its return through the flood shows that it arrived
// What the other side says meanwhile (its Hello) is not listened to.
#pragma once

#include <functional>
#include <map>

#include "core/effects.hpp"
#include "core/inputs.hpp"
#include "net/links.hpp"

namespace hearsay::app {

class Injections {
public:
    explicit Injections(std::function<void(core::Injected)> answer) : answer_(std::move(answer)) {}

    void begin(net::Links& links, const core::Inject& inject);

    // True: it is one of ours, and nobody else's business.
    bool on_link_up(net::Links& links, base::LinkId link);
    bool on_dial_failed(base::LinkId link, const std::string& why);
    bool on_frame(base::LinkId link) const { return under_way_.contains(link); }
    bool on_drained(net::Links& links, base::LinkId link);
    bool on_link_down(base::LinkId link);

private:
    struct UnderWay {
        base::ItemId id;
        base::PeerId peer;
        std::vector<core::FramePtr> frames;
        bool sent = false;
    };
    void finish(base::LinkId link, bool ok, const std::string& why);

    std::function<void(core::Injected)> answer_;
    std::map<base::LinkId, UnderWay> under_way_;
};

}  // namespace hearsay::app
