// sim/clock.hpp - the true time of a run, and how far the run is.
//
// Time runs in three parts: warm-up, faults, calm (world.hpp). What comes before the faults is in
// no figure. Nodes have clocks of their own: the true time and a skew (node.hpp).
#pragma once

#include <chrono>

#include "base/time.hpp"

namespace hearsay::sim {

class Clock {
public:
    // `begin`: the true time at which the run begins.
    explicit Clock(base::WallTime begin) : begin_(begin) {}

    base::MonoTime now() const { return now_; }
    base::WallTime begin() const { return begin_; }
    base::WallTime truth() const {
        return begin_ + older_ + std::chrono::duration_cast<base::Seconds>(now_.time_since_epoch());
    }
    void advance(base::MonoTime to) { now_ = to; }
    // All clocks are this much ahead from now on: a jump that nobody notices.
    void grow_older(base::Seconds by) { older_ = by; }

    void plan_phases(base::MonoTime faults_at, base::MonoTime calm_at) {
        faults_at_ = faults_at;
        calm_at_ = calm_at;
    }
    base::MonoTime faults_at() const { return faults_at_; }
    base::MonoTime calm_at() const { return calm_at_; }
    bool is_calm() const { return calm_; }
    void begin_calm() { calm_ = true; }

private:
    const base::WallTime begin_;
    base::MonoTime now_{base::Millis(1000)};
    base::Seconds older_{0};
    base::MonoTime faults_at_;
    base::MonoTime calm_at_;
    bool calm_ = false;
};

}  // namespace hearsay::sim
