// Who knows whom in a run, and which of them are honest, late, slow or spies.
#include <algorithm>

#include "sim/world.hpp"

namespace hearsay::sim {
namespace {

// Nodes that a byzantine one knows where nobody is given a graph.
constexpr std::size_t told_byzantine = 8;
constexpr std::size_t told_liar = 64;

}  // namespace

// A ring in random order, so that the graph is connected, and random further peers: each node knows
// half of its degree, the other half know it.
void World::make_graph() {
    if (discovers()) return make_strangers();
    const std::uint32_t count = options_.nodes;
    nodes_ = std::vector<SimNode>(count);
    std::vector<std::uint32_t> order(count);
    for (std::uint32_t at = 0; at < count; ++at) {
        order[at] = at;
        graph_rng_.fill(nodes_[at].id);
        by_id_[nodes_[at].id] = at;
    }
    for (std::uint32_t at = count; at > 1; --at)
        std::swap(order[at - 1], order[graph_rng_.below(at)]);
    const auto share = [&](std::int64_t percent) {
        return static_cast<std::uint32_t>(std::int64_t{count} * percent / 100);
    };
    const std::uint32_t byzantine = share(options_.scenario.byzantine);
    const std::uint32_t late = share(options_.scenario.late);
    for (std::uint32_t at = 0; at < count; ++at) {
        SimNode& node = nodes_[at];
        const bool spy = at >= byzantine && at < byzantine + share(options_.scenario.spies);
        if (spy) spies_.enlist(at);
        node.honest = at >= byzantine;  // ids and neighbours are random, so numbers may be in order
        node.late = at >= count - late;
        node.slow = node.honest &&
                    graph_rng_.below(100) < static_cast<std::uint64_t>(options_.scenario.slow);
        node.side = graph_rng_.below(2) == 0;
    }
    const auto wanted = static_cast<std::size_t>(options_.scenario.degree / 2);
    for (std::uint32_t place = 0; place < count; ++place) {
        SimNode& node = nodes_[order[place]];
        node.peers.push_back(order[(place + 1) % count]);
        for (std::size_t tries = 0; node.peers.size() < wanted && tries < 10 * wanted; ++tries) {
            const auto other = static_cast<std::uint32_t>(graph_rng_.below(count));
            const bool known =
                std::find(node.peers.begin(), node.peers.end(), other) != node.peers.end();
            if (other != order[place] && !known) node.peers.push_back(other);
        }
    }
    for (std::uint32_t at = 0; at < count; ++at) {
        SimNode& node = nodes_[at];
        for (const std::uint32_t peer : node.peers)
            node.own_store.apply(known(nodes_[peer].id, true));
        for (std::int64_t left = options_.scenario.known; left > 0; --left)
            node.own_store.apply(known(nodes_[graph_rng_.below(count)].id, false));
        node.own_store.commit();
        if (!node.honest) make_byzantine(at);
    }
    find_connected();
}

core::KeepPeer World::known(const base::PeerId& peer, bool manual) const {
    core::KeepPeer out;
    out.peer.peer = peer;
    out.peer.manual = manual;
    out.peer.added = begin_;
    return out;
}

void World::make_byzantine(std::uint32_t at) {
    SimNode& node = nodes_[at];
    const auto turn =
        static_cast<std::uint32_t>((at + options_.seed) % (discovers() ? vice_count : given_vices));
    const std::int64_t only = options_.scenario.vice;
    const auto vice = node.sybil ? Vice::liar : only > 0 ? Vice(only - 1) : Vice(turn);
    std::vector<base::PeerId> peers;
    for (const std::uint32_t peer : node.peers) peers.push_back(nodes_[peer].id);
    std::size_t wanted = vice == Vice::hog ? hogged_max : 0;
    if (discovers()) {
        // Whoever comes to do harm knows where: everybody, a seed, and some.
        for (const SimNode& other : nodes_)
            if (other.seed || (node.sybil && other.honest)) peers.push_back(other.id);
        if (vice != Vice::hog)
            wanted = node.sybil ? 0 : vice == Vice::liar ? told_liar : told_byzantine;
    }
    for (std::size_t tries = 0; tries < 2 * wanted && peers.size() < wanted; ++tries) {
        const base::PeerId& other = nodes_[graph_rng_.below(options_.nodes)].id;
        const bool known = std::find(peers.begin(), peers.end(), other) != peers.end();
        if (other != node.id && !known) peers.push_back(other);
    }
    node.byzantine = std::make_unique<Byzantine>(vice, peers, graph_rng_.fork(), liars_);
}

void World::find_connected() {
    if (discovers()) {
        for (SimNode& node : nodes_) node.connected = counts(node);
        return;
    }
    for (SimNode& node : nodes_) node.connected = false;
    std::vector<std::vector<std::uint32_t>> friends(nodes_.size());
    for (std::uint32_t at = 0; at < nodes_.size(); ++at)
        for (const std::uint32_t peer : nodes_[at].peers)
            if (counts(nodes_[at]) && counts(nodes_[peer])) {
                friends[at].push_back(peer);
                friends[peer].push_back(at);
            }
    std::vector<bool> seen(nodes_.size());
    std::vector<std::uint32_t> largest;
    for (std::uint32_t from = 0; from < nodes_.size(); ++from) {
        if (seen[from] || !counts(nodes_[from])) continue;
        std::vector<std::uint32_t> part{from};
        seen[from] = true;
        for (std::size_t i = 0; i < part.size(); ++i)
            for (const std::uint32_t next : friends[part[i]])
                if (!seen[next]) {
                    seen[next] = true;
                    part.push_back(next);
                }
        if (part.size() > largest.size()) largest = std::move(part);
    }
    for (const std::uint32_t at : largest) nodes_[at].connected = true;
}

}  // namespace hearsay::sim
