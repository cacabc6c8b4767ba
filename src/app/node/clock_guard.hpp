// app/node/clock_guard.hpp - keeps a clock that leaps ahead from destroying what does not come back.
//
// With time, keys of mailboxes are destroyed, their chain goes on, and what is over is forgotten: none of it can
// be undone. A machine that starts with next year on its clock would do all of it at once, and lose mail that
// lives. So the time by which the market lives is found like this:
//   1. It is the clock's, if that is at most leap_max after the last time that was believed. That one is kept in the
//      own store: hourly, so a crash or a night off costs nothing.
//   2. Else the clock is doubted: the market's time stands still at the last believed one, and nothing is made (doubt()),
//      until the clock is near again, or until peers confirm it: those whose Hello came since, and of which more say a
//      time within limits::future_max of ours than do not.
//   3. A clock that goes back is believed, as nothing is destroyed by it; but the latest time that was believed stays.
// So peers never set our time (brief section 4: our own clock only); they can only confirm what it says, and that only
// after more than a week without us. The core is not concerned: what it drops by a wrong clock, others have still.
#pragma once

#include <optional>
#include <string>

#include "base/limits/items.hpp"
#include "base/time.hpp"
#include "core/links/links.hpp"
#include "market/keep.hpp"

namespace hearsay::app {

class ClockGuard {
public:
    static constexpr base::Seconds leap_max{7 * 24 * 3600};

    // What an earlier run believed; without a record, the clock is believed.
    void restore(const market::Keep& keep);
    // The time by which the market lives. Looks anew.
    base::WallTime believe(base::Now now, const core::Links& links);
    // If it is due.
    void keep(market::Keep& keep) const;

    bool doubts() const { return doubted_since_.has_value(); }
    // Why nothing may be made now, for the user; nothing if the clock is believed.
    std::optional<std::string> doubt(base::WallTime clock) const;

private:
    bool is_confirmed(const core::Links& links) const;

    std::optional<base::WallTime> latest_;  // that was believed
    std::optional<base::MonoTime> doubted_since_;
};

}  // namespace hearsay::app
