// sim/liars.hpp - what byzantine nodes know of others: whom they were told of, and the accomplices
// of liars. Both are lists that many nodes share: in a run with four liars for each node each of
// them knows all others.
#pragma once

#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/ids.hpp"
#include "sim/first_bytes.hpp"

namespace hearsay::sim {

class PeerList {
public:
    PeerList() = default;
    // Each once.
    explicit PeerList(std::vector<base::PeerId> peers);

    const std::vector<base::PeerId>& all() const { return all_; }
    // Its place in all().
    std::optional<std::size_t> find(const base::PeerId& peer) const;

private:
    std::vector<base::PeerId> all_;
    std::unordered_map<base::PeerId, std::size_t, FirstBytes> places_;
};

// The accomplices of all liars of a run, and keys that lead to nobody.
class Liars {
public:
    explicit Liars(const std::vector<base::PeerId>& peers);

    // The `most` of them that are nearest (XOR), nearest first. Costs as many steps as it finds.
    std::vector<base::PeerId> nearest(const base::NodeId& target, std::size_t most) const;

private:
    using Entry = std::pair<base::NodeId, base::PeerId>;
    void collect(const base::NodeId& target, const Entry* from, const Entry* to, std::size_t bit,
                 std::size_t most, std::vector<base::PeerId>& out) const;

    std::vector<Entry> by_place_;  // in order of node ids
};

}  // namespace hearsay::sim
