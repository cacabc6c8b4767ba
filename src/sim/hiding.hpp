// sim/hiding.hpp - what the lists of a node's user hide, where the node neither keeps nor passes
// that on (the scenario's `hiding`, core/relay/laid_aside.hpp): a quarter of what others publish,
// the same at all such nodes and through all versions of a thing.
#pragma once

#include "sim/node.hpp"
#include "sim/oracle.hpp"

namespace hearsay::sim {

inline bool lays_aside(const SimNode& node, std::uint32_t at, const Made& made) {
    constexpr unsigned hidden_one_in = 4;
    const item::Read& item = *made.item;
    return node.lays_aside && made.maker != at && item.header.publication() &&
           !item.version.removed && item.version.thing.data[0] % hidden_one_in == 0;
}

}  // namespace hearsay::sim
