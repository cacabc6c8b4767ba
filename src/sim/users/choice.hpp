// sim/users/choice.hpp - which nodes' users may be asked to do something now.
#pragma once

#include "sim/node.hpp"

namespace hearsay::sim {

// A maker whose clock is further off cannot publish: its items would come from the future.
bool clock_fits(const SimNode& node);
// Who has just come back from a lost disk changes nothing until the node has found what is out.
bool has_settled_in(const SimNode& node, base::MonoTime now);
// An honest connected node that is up and whose user may publish or write.
std::optional<std::uint32_t> random_user(const Nodes& nodes, base::Rng& rng);

}  // namespace hearsay::sim
