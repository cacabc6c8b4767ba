#include "sim/population.hpp"

#include <algorithm>
namespace hearsay::sim {
namespace {

// Nodes that a byzantine one knows where nobody is given a graph.
constexpr std::size_t told_byzantine = 8;
constexpr std::size_t told_liar = 64;
constexpr std::size_t invented_keys = 200;

std::uint32_t share(const RunOptions& options, std::int64_t percent) {
    return static_cast<std::uint32_t>(std::int64_t{options.nodes} * percent / 100);
}

// Spread over the nodes, without a draw: runs without it stay as they were.
bool takes_pictures(std::uint32_t at, const RunOptions& options) {
    return at * 61U % 100U >= static_cast<std::uint64_t>(options.scenario.no_pictures);
}
bool lays_aside(std::uint32_t at, const RunOptions& options) {
    return at * 37U % 100U < static_cast<std::uint64_t>(options.scenario.hiding);
}

// What sybils are told: everybody.
std::shared_ptr<const PeerList> all_honest(const Nodes& nodes) {
    std::vector<base::PeerId> out;
    for (const SimNode& node : nodes)
        if (node.honest) out.push_back(node.id);
    return std::make_shared<const PeerList>(std::move(out));
}

void make_byzantine(Nodes& nodes, std::uint32_t at, const RunOptions& options, base::Rng& rng,
                    const std::shared_ptr<const Liars>& liars) {
    SimNode& node = nodes[at];
    const std::uint32_t vices = options.discovers() ? vice_count : given_vices;
    const auto turn = static_cast<std::uint32_t>((at + options.seed) % vices);
    const std::int64_t only = options.scenario.vice;
    const Vice vice = only > 0 ? Vice(only - 1) : Vice(turn);
    std::vector<base::PeerId> peers;
    for (const std::uint32_t peer : node.peers) peers.push_back(nodes[peer].id);
    std::size_t wanted = vice == Vice::hog ? hogged_max : 0;
    if (options.discovers()) {
        // Whoever comes to do harm knows where: a seed, and some.
        for (const SimNode& other : nodes)
            if (other.seed) peers.push_back(other.id);
        if (vice != Vice::hog) wanted = vice == Vice::liar ? told_liar : told_byzantine;
    }
    for (std::size_t tries = 0; tries < 2 * wanted && peers.size() < wanted; ++tries) {
        const auto other = static_cast<std::uint32_t>(rng.below(options.nodes));
        const base::PeerId& id = nodes[other].id;
        if (other != at && std::ranges::find(peers, id) == peers.end()) peers.push_back(id);
    }
    node.byzantine = std::make_unique<Byzantine>(
        vice, std::make_shared<const PeerList>(std::move(peers)), rng.fork(), liars);
}

// All liars, and keys that they invented.
std::shared_ptr<const Liars> liars_of(const Nodes& nodes, const RunOptions& options,
                                      base::Rng& rng) {
    const Scenario& scenario = options.scenario;
    std::vector<base::PeerId> liars;
    for (std::uint32_t at = 0; at < nodes.size(); ++at) {
        const SimNode& node = nodes[at];
        const bool in_turn = (at + options.seed) % vice_count == vice_count - 1;
        const bool lies = scenario.vice == 0 ? in_turn : scenario.vice == vice_count;
        if (node.sybil || (!node.honest && lies)) liars.push_back(node.id);
    }
    for (std::size_t left = scenario.sybils > 0 ? 0 : invented_keys; left > 0 && !liars.empty();
         --left) {
        base::PeerId nobody;
        rng.fill(nobody);
        liars.push_back(nobody);
    }
    return std::make_shared<const Liars>(liars);
}

void make_strangers(Nodes& nodes, const RunOptions& options, base::WallTime begin, base::Rng& rng) {
    const Scenario& scenario = options.scenario;
    const std::uint32_t ours = options.nodes;
    const std::uint32_t byzantine = share(options, scenario.byzantine);
    const std::uint32_t spies = share(options, scenario.spies);
    const std::uint32_t newcomers = share(options, scenario.newcomers);
    const auto seeds =
        std::min(static_cast<std::uint32_t>(scenario.seeds), ours - byzantine - spies - newcomers);
    nodes.resize(ours * (1 + static_cast<std::size_t>(scenario.sybils)));
    for (std::uint32_t at = 0; at < nodes.size(); ++at) {
        SimNode& node = nodes[at];
        base::PeerId id;
        rng.fill(id);
        nodes.set_id(at, id);
        node.sybil = at >= ours;
        node.honest = at >= byzantine && !node.sybil;
        node.seed = at >= byzantine + spies && at < byzantine + spies + seeds;
        node.newcomer = !node.sybil && at >= ours - newcomers;
        node.late = !node.newcomer && !node.sybil && !node.seed &&
                    at >= ours - newcomers - share(options, scenario.late);
        node.slow = node.honest && rng.below(100) < static_cast<std::uint64_t>(scenario.slow);
        node.side = rng.below(2) == 0;
        node.takes_pictures = takes_pictures(at, options);
        node.lays_aside = lays_aside(at, options);
    }
    const auto liars = liars_of(nodes, options, rng);
    const auto everybody = all_honest(nodes);
    for (std::uint32_t at = 0; at < nodes.size(); ++at) {
        SimNode& node = nodes[at];
        if (node.sybil)
            node.byzantine = std::make_unique<Byzantine>(Vice::liar, everybody, rng.fork(), liars);
        else if (!node.honest)
            make_byzantine(nodes, at, options, rng, liars);
        for (std::int64_t left = node.honest ? scenario.pinned : 0; left > 0; --left) {
            const auto other = static_cast<std::uint32_t>(byzantine + rng.below(ours - byzantine));
            if (other != at) node.own_store.apply(known_peer(nodes[other].id, true, begin));
        }
        std::ignore = node.own_store.commit();
    }
}

void make_acquaintances(Nodes& nodes, const RunOptions& options, base::WallTime begin,
                        base::Rng& rng) {
    const Scenario& scenario = options.scenario;
    const std::uint32_t count = options.nodes;
    nodes.resize(count);
    std::vector<std::uint32_t> order(count);
    for (std::uint32_t at = 0; at < count; ++at) {
        order[at] = at;
        base::PeerId id;
        rng.fill(id);
        nodes.set_id(at, id);
    }
    for (std::uint32_t at = count; at > 1; --at) std::swap(order[at - 1], order[rng.below(at)]);
    for (std::uint32_t at = 0; at < count; ++at) {
        SimNode& node = nodes[at];
        node.honest = at >= share(options, scenario.byzantine);
        node.late = at >= count - share(options, scenario.late);
        node.slow = node.honest && rng.below(100) < static_cast<std::uint64_t>(scenario.slow);
        node.side = rng.below(2) == 0;
        node.takes_pictures = takes_pictures(at, options);
        node.lays_aside = lays_aside(at, options);
    }
    const auto wanted = static_cast<std::size_t>(scenario.degree / 2);
    for (std::uint32_t place = 0; place < count; ++place) {
        std::vector<std::uint32_t>& peers = nodes[order[place]].peers;
        peers.push_back(order[(place + 1) % count]);
        for (std::size_t tries = 0; peers.size() < wanted && tries < 10 * wanted; ++tries) {
            const auto other = static_cast<std::uint32_t>(rng.below(count));
            const bool known = std::ranges::find(peers, other) != peers.end();
            if (other != order[place] && !known) peers.push_back(other);
        }
    }
    for (std::uint32_t at = 0; at < count; ++at) {
        SimNode& node = nodes[at];
        for (const std::uint32_t peer : node.peers)
            node.own_store.apply(known_peer(nodes[peer].id, true, begin));
        for (std::int64_t left = scenario.known; left > 0; --left) {
            const auto other = static_cast<std::uint32_t>(rng.below(count));
            node.own_store.apply(known_peer(nodes[other].id, false, begin));
        }
        std::ignore = node.own_store.commit();
        if (!node.honest) make_byzantine(nodes, at, options, rng, nullptr);
    }
}

// Honest nodes that are reached from `from`; they are marked in `seen`.
std::vector<std::uint32_t> part_of(std::uint32_t from, const Nodes& nodes,
                                   const std::vector<std::vector<std::uint32_t>>& neighbours,
                                   std::vector<bool>& seen) {
    std::vector<std::uint32_t> part;
    if (seen[from] || !nodes[from].counts()) return part;
    part.push_back(from);
    seen[from] = true;
    for (std::size_t i = 0; i < part.size(); ++i)
        for (const std::uint32_t next : neighbours[part[i]])
            if (!seen[next]) {
                seen[next] = true;
                part.push_back(next);
            }
    return part;
}

}  // namespace

core::KeepPeer known_peer(const base::PeerId& peer, bool pinned, base::WallTime added) {
    core::KeepPeer out;
    out.peer.peer = peer;
    out.peer.pinned = pinned;
    out.peer.added = added;
    return out;
}

std::vector<std::uint32_t> populate(Nodes& nodes, const RunOptions& options, base::WallTime begin,
                                    base::Rng& rng) {
    if (options.discovers())
        make_strangers(nodes, options, begin, rng);
    else
        make_acquaintances(nodes, options, begin, rng);
    find_connected(nodes, options.discovers());
    std::vector<std::uint32_t> spies;
    const std::uint32_t first = share(options, options.scenario.byzantine);
    for (std::uint32_t left = share(options, options.scenario.spies); left > 0; --left)
        spies.push_back(first + static_cast<std::uint32_t>(spies.size()));
    return spies;
}

void find_connected(Nodes& nodes, bool discovers) {
    for (SimNode& node : nodes) node.connected = discovers && node.counts();
    if (discovers) return;
    std::vector<std::vector<std::uint32_t>> neighbours(nodes.size());
    for (std::uint32_t at = 0; at < nodes.size(); ++at)
        for (const std::uint32_t peer : nodes[at].peers)
            if (nodes[at].counts() && nodes[peer].counts()) {
                neighbours[at].push_back(peer);
                neighbours[peer].push_back(at);
            }
    std::vector<bool> seen(nodes.size());
    std::vector<std::uint32_t> largest;
    for (std::uint32_t from = 0; from < nodes.size(); ++from) {
        std::vector<std::uint32_t> part = part_of(from, nodes, neighbours, seen);
        if (part.size() > largest.size()) largest = std::move(part);
    }
    for (const std::uint32_t at : largest) nodes[at].connected = true;
}

}  // namespace hearsay::sim
