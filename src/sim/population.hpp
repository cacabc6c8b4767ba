// sim/population.hpp - who the nodes of a run are, and whom each knows at the begin.
//
// In order of their numbers: byzantine nodes, spies, seeds, others, those that go for ever, those
// that come; sybils last. Ids and neighbours are random, so numbers may be in order.
//
// Where a graph is given: a ring in random order, so that it is connected, and random further
// peers; each node knows half of its degree, the other half know it. Where nodes find each other:
// friends, and what byzantine nodes are told.
#pragma once

#include "sim/node.hpp"
#include "sim/run.hpp"

namespace hearsay::sim {

// Makes the nodes. Which of them are spies.
std::vector<std::uint32_t> populate(Nodes& nodes, const RunOptions& options, base::WallTime begin,
                                    base::Rng& rng);
// A peer that a node's store knows before it was ever linked to it; `pinned`: its user named it.
core::KeepPeer known_peer(const base::PeerId& peer, bool pinned, base::WallTime added);
// Who is in the largest part of the graph of honest nodes that know each other. Where nodes find
// each other all honest ones are meant to be.
void find_connected(Nodes& nodes, bool discovers);

}  // namespace hearsay::sim
