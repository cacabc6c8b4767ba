// tor/hindrance.hpp - what keeps Tor out of its network, and what a person can do about it.
//
// Tor tells codes (NOROUTE, DONE, ...) and, after ten failures, a warning. From these and from what
// the machine itself shows, in this order:
//   1. the machine has no route            -> that, at once: nothing else is to be seen before
//   2. relays say that the clock is wrong  -> that, at once
//   3. connections fail                    -> by the code of the last one, after three of them or
//                                             after told_after without a step
//   4. nothing is told at all              -> by how far it came, after told_after
// A Tor that is in the network is hindered by 1 only. Words for a person: each says the cause, then
// what to do, with the name of the option. No I/O: same arguments, same words.
#pragma once

#include <chrono>
#include <string>

#include "tor/status.hpp"

namespace hearsay::tor {

struct Surroundings {
    bool has_route = true;
    bool has_bridges = false;            // the user's file says UseBridges
    std::chrono::seconds since_step{0};  // since the bootstrap last went on
};

inline constexpr std::chrono::seconds told_after{15};

// Empty: nothing that is known of.
std::string hindrance(const Status& status, const Surroundings& around);

}  // namespace hearsay::tor
