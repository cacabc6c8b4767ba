// gossip-20: what one delivery costs in a network of 20 nodes with 8 links each.
// docs/benchmarks.md.
#include <algorithm>
#include <numeric>
#include <set>

#include "base/ensure.hpp"
#include "bench/benches.hpp"
#include "bench/measure.hpp"
#include "bench/network.hpp"
#include "core/messages.hpp"

namespace hearsay::bench {
namespace {

constexpr std::size_t nodes = 20;
constexpr std::size_t rings = 4;         // each gives every node two links
constexpr std::uint64_t under_way = 20;  // items at a time
constexpr std::uint64_t gossip_use = 6;  // of the seed
constexpr double seconds_max = 120;
constexpr int tries_max = 100000;

using Edges = std::set<std::pair<std::size_t, std::size_t>>;  // dialler, acceptor

// A random regular graph: rings through all nodes in random order that share no edge.
Edges random_graph(base::Rng& rng) {
    Edges out;
    std::vector<std::size_t> order(nodes);
    std::iota(order.begin(), order.end(), 0);
    std::size_t found = 0;
    for (int tries = 0; found < rings; ++tries) {
        ENSURE(tries < tries_max, "rings without a common edge are found soon");
        for (std::size_t i = nodes - 1; i > 0; --i) std::swap(order[i], order[rng.below(i + 1)]);
        Edges ring;
        for (std::size_t i = 0; i < nodes; ++i) ring.emplace(order[i], order[(i + 1) % nodes]);
        const bool fresh = std::none_of(ring.begin(), ring.end(), [&](const auto& edge) {
            return out.contains(edge) || out.contains({edge.second, edge.first});
        });
        if (!fresh) continue;
        out.merge(ring);
        ++found;
    }
    return out;
}

// Keeps so many items under way until all have reached everybody.
class Publishing {
public:
    Publishing(base::Rng& rng, base::WallTime now) : rng_(rng), supply_(rng.fork(), now) {}
    // Signs so many; a maker's work, not what a delivery costs.
    void prepare(std::uint64_t items) {
        items_ = items;
        published_ = stored_ = 0;
        prepared_.clear();
        for (std::uint64_t i = 0; i < items; ++i) {
            const auto read = item::read(supply_.signed_offer(), bench_network);
            ENSURE(read, "an item of the supply has the right shape");
            std::size_t from = 0;
            prepared_.push_back(core::encode_items({*read}, from, 0));
        }
    }
    void start(Network& network) {
        network_ = &network;
        go_on();
    }
    void on_stored() {
        ++stored_;
        go_on();
    }
    bool done() const { return stored_ == items_ * nodes; }

private:
    void go_on() {
        while (published_ < items_ && published_ * nodes < stored_ + under_way * nodes)
            network_->inject(rng_.below(nodes), prepared_[published_++]);
    }
    base::Rng& rng_;
    Supply supply_;
    Network* network_ = nullptr;
    std::vector<core::FramePtr> prepared_;
    std::uint64_t items_ = 0, published_ = 0, stored_ = 0;
};

struct Delivered {
    double wall = 0;
    double cpu = 0;
    std::uint64_t bytes = 0;
    std::uint64_t copies = 0;
};

base::Result<Delivered> deliver(Bench& bench, bool search) {
    base::Rng rng = rng_for(bench.seed(), gossip_use);
    Publishing publishing(rng, bench.now());
    std::vector<std::string> stores;
    for (std::size_t i = 0; i < nodes; ++i) stores.push_back(bench.path("flood"));
    auto network = Network::open(bench, stores, [&] { publishing.on_stored(); }, search);
    if (!network) return std::unexpected(network.error());
    Network& net = **network;
    for (const auto& [dialler, acceptor] : random_graph(rng)) net.connect(dialler, acceptor);
    if (!net.settle(seconds_max))
        return base::fail(base::ErrorCode::unavailable,
                          "the nodes did not all link with each other");
    const auto all = [&](std::uint64_t items) {
        publishing.prepare(items);
        const std::uint64_t bytes = net.bytes();
        const std::uint64_t copies = net.copies();
        const Stopwatch watch;
        publishing.start(net);
        const bool done =
            run_until(net.loop(), [&] { return publishing.done(); }, seconds_max, base::Millis(10));
        const Delivered out{watch.wall(), watch.cpu(), net.bytes() - bytes, net.copies() - copies};
        return done ? std::optional(out) : std::nullopt;
    };
    const auto warmed_up = all(bench.sizes().gossip_warm_up);
    const auto out = warmed_up ? all(bench.sizes().gossip_items) : std::nullopt;
    if (out) return *out;
    return base::fail(base::ErrorCode::unavailable, "not every item reached every node");
}

}  // namespace

base::Result<Figure> gossip_20(Bench& bench) {
    const auto without = deliver(bench, false);
    if (!without) return std::unexpected(without.error());
    const auto with = deliver(bench, true);
    if (!with) return std::unexpected(with.error());
    const auto deliveries = static_cast<double>(bench.sizes().gossip_items * (nodes - 1));
    return Figure{"gossip-20",
                  {{"cpu_us_per_delivery", 1e6 * with->cpu / deliveries},
                   {"cpu_us_per_delivery_without", 1e6 * without->cpu / deliveries},
                   {"bytes_per_delivery", static_cast<double>(with->bytes) / deliveries},
                   {"copies_per_delivery", static_cast<double>(with->copies) / deliveries},
                   {"deliveries", deliveries},
                   {"seconds", with->wall}},
                  "the item's own 600 bytes, and the same network without an index of words; all "
                  "20 nodes' processor time, TLS bytes as they pass on the sockets",
                  {{"copies_per_delivery", 1.1, false}, {"cpu_us_per_delivery", 130, false}}};
}

}  // namespace hearsay::bench
