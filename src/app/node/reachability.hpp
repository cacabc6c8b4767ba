// app/node/reachability.hpp - can strangers reach this node? It dials its own onion, as a stranger
// would, over a circuit of its own, and sees whether its own key answers.
//
// Nothing is tried before the descriptor is published. A failed try is repeated after first_wait, doubling to
// longest_wait; a success is looked at again every recheck_wait. Losing Tor makes it unknown.
#pragma once

#include <functional>
#include <string>

#include "net/loop.hpp"

namespace hearsay::app {

class Reachability {
public:
    enum class State { unknown, checking, reachable, unreachable };

    Reachability(net::Loop& loop, std::function<void()> dial_self);

    void set_published(bool published);
    void on_answer(bool ok, std::string why);

    State state() const { return state_; }
    std::string_view name() const;
    const std::string& detail() const { return detail_; }

private:
    void check();

    std::function<void()> dial_self_;
    net::Timer timer_;
    bool published_ = false;
    bool asking_ = false;  // a dial is under way
    State state_ = State::unknown;
    std::string detail_ = "waits for the descriptor";
    base::Millis wait_;
};

}  // namespace hearsay::app
