// app/node/injections.hpp - carries out core::Inject: an anonymous dial, its frames, a polite end.
//
// The core never sees these links: they come up, send and go here.
// Each Inject gets exactly one Injected:
//   - the dial failed                        -> not ok, with the reason of `net`
//   - the link ended before all had left us  -> not ok
//   - all had left for Tor, and it ended     -> ok; only its return through the flood shows that it
//                                            arrived
// We go once all has left and the other side has said something (its Hello; what it says is not
// listened to), or after injection_stay. Tor knows no half-closed stream: our end would overtake
// what the other side is about to write, and a program that notices by its own write that we are
// gone may throw away what we handed over.
#pragma once

#include <functional>
#include <map>
#include <memory>

#include "core/effects.hpp"
#include "core/inputs.hpp"
#include "net/links.hpp"
#include "net/loop.hpp"

namespace hearsay::app {

class Injections {
public:
    Injections(net::Loop& loop, std::function<void(core::Injected)> answer)
        : loop_(loop), answer_(std::move(answer)) {}

    void begin(net::Links& links, const core::Inject& inject);

    // True: it is one of ours, and nobody else's business.
    bool on_link_up(net::Links& links, base::LinkId link);
    bool on_dial_failed(base::LinkId link, const std::string& why);
    bool on_frame(net::Links& links, base::LinkId link);
    bool on_drained(net::Links& links, base::LinkId link);
    bool on_link_down(base::LinkId link);

private:
    struct UnderWay {
        base::ItemId id;
        base::PeerId peer;
        std::vector<core::FramePtr> frames;
        bool sent = false;
        bool heard = false;
        std::unique_ptr<net::Timer> stay;
    };
    static void go_if_done(net::Links& links, base::LinkId link, const UnderWay& state);
    void finish(base::LinkId link, bool ok, const std::string& why);

    net::Loop& loop_;
    std::function<void(core::Injected)> answer_;
    std::map<base::LinkId, UnderWay> under_way_;
};

}  // namespace hearsay::app
