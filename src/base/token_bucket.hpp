// base/token_bucket.hpp - a budget that comes back with time: so much at once, so much a time.
//
// The bucket keeps what is spent, in whole units times the rate's period, so that nothing is
// rounded away however often it is asked. A bucket that was never used is full.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/time.hpp"

namespace hearsay::base {

// `burst` units at once, and `units` more each `per`. No units: what is spent is spent for good.
struct Rate {
    std::int64_t burst = 0;
    std::int64_t units = 0;
    Millis per{1};
};

class TokenBucket {
public:
    // False if there are not that many; then none is taken.
    bool take(const Rate& rate, std::int64_t units, MonoTime now) {
        if (left(rate, now) < units) return false;
        spent_ += units * rate.per.count();
        return true;
    }
    // Takes them even if they are not there: for what is known only once it is done.
    void charge(const Rate& rate, std::int64_t units, MonoTime now) {
        settle(rate, now);
        spent_ += units * rate.per.count();
    }
    // Below zero after a charge beyond the burst.
    std::int64_t left(const Rate& rate, MonoTime now) {
        settle(rate, now);
        return rate.burst - (spent_ + rate.per.count() - 1) / rate.per.count();
    }
    // When at least one unit is left, if nothing more is spent.
    MonoTime ready_at(const Rate& rate) const {
        const std::int64_t over = spent_ - (rate.burst - 1) * rate.per.count();
        if (over <= 0) return at_;
        return rate.units == 0 ? never : at_ + Millis((over + rate.units - 1) / rate.units);
    }

private:
    void settle(const Rate& rate, MonoTime now) {
        if (now <= at_) return;
        // Time beyond what refills it does not count: the product stays small.
        const std::int64_t enough = rate.units == 0 ? 0 : spent_ / rate.units + 1;
        spent_ -= std::min(spent_, std::min((now - at_).count(), enough) * rate.units);
        at_ = now;
    }
    std::int64_t spent_ = 0;  // units times `per` in milliseconds
    MonoTime at_;
};

}  // namespace hearsay::base
