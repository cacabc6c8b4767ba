// core/node_step.hpp - what one step of a Node works with: node.cpp and node_verdicts.cpp only.
#pragma once

#include "core/node.hpp"

namespace hearsay::core {

struct Node::Step {
    base::Now now;
    const StoreView& view;
    Effects& out;
    std::size_t first_effect;  // of this step
};

}  // namespace hearsay::core
