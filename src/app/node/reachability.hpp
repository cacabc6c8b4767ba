// app/node/reachability.hpp - can strangers reach this node? It dials its own onion as a stranger
// would - anonymously, over a circuit of its own - and sees whether its own key answers. Such a
// dial ends with the handshake: it never becomes a link, on neither side.
//
// Nothing is tried before the descriptor is published. A failed try is repeated after first_wait,
// doubling to longest_wait, and with twice the patience: a stuck circuit is told from a slow one by
// trying again, and a slow one gets the time it takes. A success is looked at again every
// recheck_wait. Losing Tor makes it unknown.
#pragma once

#include <functional>
#include <string>

#include "base/time.hpp"
#include "net/loop.hpp"

namespace hearsay::app {

class Reachability {
public:
    enum class State { unknown, checking, reachable, unreachable };

    // `dial_self` is answered by one on_answer(); `changed` hears of every other state or reason.
    Reachability(net::Loop& loop, std::function<void(base::Millis patience)> dial_self,
                 std::function<void()> changed);

    void set_published(bool published);
    void on_answer(bool ok, std::string why);

    State state() const { return state_; }
    std::string_view name() const;
    const std::string& detail() const { return detail_; }  // one line for the user

private:
    void check();
    void become(State state, std::string detail);

    std::function<void(base::Millis)> dial_self_;
    std::function<void()> changed_;
    net::Timer timer_;
    bool published_ = false;
    bool asking_ = false;  // a dial is under way
    State state_ = State::unknown;
    std::string detail_;
    unsigned failures_ = 0;  // since the last success
};

}  // namespace hearsay::app
