// app/node/clock_guard.hpp - keeps a clock that leaps from destroying what does not come back.
//
// With time, keys of mailboxes are destroyed, their chain goes on, and what is over is forgotten:
// none of it can be undone. A machine that starts with next week on its clock would do all of it at
// once, and lose mail that lives; one that starts thirty years ago would make what nobody takes. So
// the clock is compared with what is known:
//   1. With the machine's own counter of the time since it started, sleep included, while it is the
//      same start: the clock must say what it said when it was last believed, plus what was counted
//      since, within slack. A laptop that slept for three days is believed at once, a clock that
//      was moved by twenty minutes is not.
//   2. After a new start of the machine the counter says nothing: the clock may be at most off_max
//      after the time that was last believed, and slack before it. That time is kept in the own
//      store: hourly, so a crash costs nothing.
//   3. Before the first release no clock is right.
//   4. What fails is doubted: the market's time stands still and nothing is made (doubt()); the
//      core's goes on by the counter, or stands still after a new start, so that nothing expires in
//      a leap. It ends when the clock is near again; when peers confirm it - those that we dialled,
//      whose Hello came since, and of which more say a time within limits::future_max of ours than
//      do not; or when the user says so (trust()).
// So peers never set our time (docs/design.md: our own clock only); they can only confirm what it
// says, and only those that we chose. A clock that creeps, slack a day, is believed:
// that is what clocks do.
#pragma once

#include <optional>
#include <string>

#include "base/limits/items.hpp"
#include "base/time.hpp"
#include "core/links/links.hpp"
#include "market/own_store.hpp"

namespace hearsay::app {

class ClockGuard {
public:
    static constexpr base::Seconds slack{15 * 60};
    static constexpr base::Seconds off_max{24 * 3600};

    struct Reading {
        base::Now now;
        base::Millis up{0};  // since the machine started
    };
    struct Times {
        base::WallTime market;
        base::WallTime core;
    };

    // `boot_id`: of this start of the machine; empty if there is none, then every run is after a
    // new one.
    explicit ClockGuard(std::string boot_id) : boot_id_(std::move(boot_id)) {}
    // What an earlier run believed; without a record, the clock is believed.
    void restore(const market::OwnStore& store);
    // The user says that the clock is right, once.
    void trust() { trusted_ = true; }
    // The times by which the two live. Looks anew.
    Times believe(const Reading& reading, const core::Links& links);
    // If it is due.
    void keep(market::OwnStore& store) const;

    bool doubts() const { return doubted_since_.has_value(); }
    // Why nothing may be made now, for the user; nothing if the clock is believed.
    std::optional<std::string> doubt(base::WallTime clock) const;

private:
    struct Point {
        base::WallTime wall;
        base::Millis up{0};
        bool this_boot = true;  // `up` is of the counter that runs now
    };
    std::optional<base::WallTime> counted(base::Millis up) const;
    bool is_plausible(const Reading& reading) const;
    bool is_confirmed(const Reading& reading, const core::Links& links) const;
    base::WallTime in_doubt(base::Millis up) const;

    const std::string boot_id_;
    std::optional<Point> latest_;  // that was believed
    std::optional<Point> anchor_;  // what it is compared with: latest_ of up to a day ago
    std::optional<base::MonoTime> doubted_since_;
    base::WallTime expected_;  // in doubt: what the clock should say
    bool trusted_ = false;
};

}  // namespace hearsay::app
