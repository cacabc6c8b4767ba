// sim/latency.hpp - how long things take on onion circuits.
//
// A table of quantiles instead of a formula: integers only, so that every compiler and libm draws
// the same run. The round trip's median is about 0.6 s and its 99th percentile about 3 s. Most of
// the spread is between circuits (which relays a rendezvous went over), so a link draws its base
// once; each frame adds up to a quarter of it.
#pragma once

#include "base/rng.hpp"

namespace hearsay::sim {

// One way over a fresh circuit, of which frame_latency() makes the latency of each frame.
base::Millis draw_circuit(base::Rng& rng);
base::Millis frame_latency(base::Millis circuit, base::Rng& rng);
// Descriptor, introduction, rendezvous and TLS: a few circuits' worth of round trips, seconds.
base::Millis draw_setup(base::Rng& rng);

}  // namespace hearsay::sim
