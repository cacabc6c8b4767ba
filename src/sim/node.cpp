#include "sim/node.hpp"

namespace hearsay::sim {

SimNode::SimNode() = default;
SimNode::SimNode(SimNode&&) noexcept = default;
SimNode& SimNode::operator=(SimNode&&) noexcept = default;
SimNode::~SimNode() = default;

void Nodes::resize(std::size_t count) {
    all_ = std::vector<SimNode>(count);
}

}  // namespace hearsay::sim
