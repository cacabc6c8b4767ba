// turn/driver.hpp - what the owner of an Engine adds to a turn, in the order in which the engine
// calls it.
//
// The shell performs effects and notes what is being read (decision 17). The simulator looks at
// every step, changes what a broken core or market would have wanted, and performs effects on
// simulated links. Whatever has a body here may be left out. Nothing below may call back into the
// engine, but for Engine::post() and Engine::ask().
#pragma once

#include "core/effects.hpp"
#include "core/inputs.hpp"
#include "market/effects.hpp"
#include "market/own_store.hpp"
#include "turn/answers.hpp"

namespace hearsay::turn {

// What the market knows when it is about to start.
enum class Knows : std::uint8_t {
    nothing_wrong,   // it is new, or everything that it knows was kept
    what_is_unkept,  // a commit failed, or the store changed under it
};

class Driver {
public:
    virtual ~Driver() = default;

    // The market is about to start from what is kept.
    virtual void on_starting(Knows) {}
    // The market started, or its tick is over: what the driver itself keeps from time to time goes
    // into the same commit.
    virtual void on_tended(market::OwnStore&) {}
    // The core decided this, and none of it is applied. What is changed here is what will be done.
    virtual void on_step(const core::Input&, core::Effects&) {}
    // What of it is kept has been applied; nothing was heard or spoken.
    virtual void on_applied(const core::Input&, const core::Effects&) {}
    // Each notice, before the market hears it.
    virtual void on_notice(const core::Notice&) {}
    // Around the market's taking an answer to TryOpen. Records that are read by it are the turn's
    // until on_decided().
    virtual void on_mail(const MailTried&) {}
    virtual void on_mail_taken(const MailTried&) {}
    // What was read until now is at work no longer: after each command, and before what reads no
    // letters.
    virtual void on_read() {}
    // Everything is decided, nothing is committed. What is changed here is what will be done.
    virtual void on_decided(market::Effects&) {}
    // The own store is durable; the flood store is committed next.
    virtual void on_own_kept(const market::Effects&) {}
    // Everything is kept; nothing is said.
    virtual void on_committed() {}
    // After the commits, each in order: first all of the core's, then all of the market's.
    // SaveVault, Submit and Recall were dealt with before, and come all the same.
    virtual void perform(const core::Effect& effect) = 0;
    virtual void perform(const market::Effect& effect) = 0;
    // Between the core's effects and the market's.
    virtual void on_spoken() {}
    // Commands are answered; the turn is over, whether anything was kept or not.
    virtual void on_ended() {}
};

}  // namespace hearsay::turn
