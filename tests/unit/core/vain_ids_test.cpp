// relay/relay.hpp among nodes: hostile links announce ids that never come, as fast as they may. Honest items still
// arrive, at the nodes that are flooded and further on, in at most twice the time that they take in the calm.
#include <doctest/doctest.h>

#include "base/limits/budgets.hpp"
#include "base/limits/relay.hpp"
#include "small_network.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::Millis;
using base::Seconds;

//   source - a - n, n, n - b - m, m - c      and hostile links at a, or at all of them
struct Town : SmallNetwork {
    std::vector<Place> nodes;  // in that order
    Place source, a, b, c;
    std::vector<std::pair<Place, base::LinkId>> hostile;
    base::Rng rng{samples::filled<base::Secret>(3)};
    std::uint32_t made = 0;

    Town() {
        for (int times = 0; times < 9; ++times) nodes.push_back(add_node());
        source = nodes[0];
        a = nodes[1];
        b = nodes[5];
        c = nodes[8];
        connect(source, a, latency());
        for (std::size_t at = 2; at < 5; ++at) {
            connect(a, nodes[at], latency());
            connect(nodes[at], b, latency());
        }
        for (std::size_t at = 6; at < 8; ++at) {
            connect(b, nodes[at], latency());
            connect(nodes[at], c, latency());
        }
        run_for(Seconds(30));
        // Everybody brought something once, as in any network that stands.
        for (int times = 0; times < 5; ++times)
            for (const Place node : nodes) inject(node, fresh()), run_for(Seconds(3));
    }
    Millis latency() { return rng.between(Millis(200), Millis(600)); }
    item::Item fresh() { return samples::publication({.slot = ++made, .lifetime = Seconds(86400)}); }

    // `trusted`: each brings an item of its own first, which costs its work.
    void attack(Place node, std::size_t count, bool trusted) {
        for (std::size_t at = 0; at < count; ++at) {
            const Place stranger = add_stranger();
            const base::LinkId link = connect(stranger, node, latency());
            hostile.emplace_back(stranger, link);
            if (!trusted) continue;
            std::size_t from = 0;
            say(stranger, link, encode_items({samples::accepted(fresh())}, from, 5));
        }
        run_for(Seconds(10));
    }
    // As many ids as a link may announce.
    void flood(Millis time) {
        for (const auto& [stranger, link] : hostile)
            for (Millis wait{0}; wait < time; wait += Seconds(1)) say_later(stranger, link, vain(500), wait);
    }
    FramePtr vain(std::size_t count) {
        Announce out;
        for (std::size_t at = 0; at < count; ++at) {
            rng.fill(out.items.emplace_back().id);
            out.items.back().size = 600;
            out.items.back().lifetime_s = 86400;
        }
        return encode(out);
    }
    // How long items that enter at the source take to this node, on average.
    struct Taken {
        Millis mean{0};
        Millis most{0};
        std::size_t missing = 0;
    };
    Taken measure(Place node) {
        constexpr int times = 20;
        std::vector<std::pair<base::ItemId, base::MonoTime>> all;
        for (int at = 0; at < times; ++at) {
            const item::Item item = fresh();
            all.emplace_back(item::id_of(item.header, item.signature), now.mono);
            inject(source, item);
            run_for(Seconds(3));
        }
        run_for(Seconds(20));
        Taken out;
        for (const auto& [id, begun] : all) {
            const auto came = stored_at(node, id);
            if (!came) ++out.missing;
            if (!came) continue;
            out.mean += *came - begun;
            out.most = std::max(out.most, *came - begun);
        }
        out.mean /= times;
        return out;
    }
};

void compare(std::size_t hostile, bool trusted, bool everywhere) {
    for (const std::size_t to : {std::size_t{1}, std::size_t{2}, std::size_t{5}, std::size_t{8}}) {
        CAPTURE(to);
        Town calm;
        const Town::Taken usual = calm.measure(calm.nodes[to]);
        Town town;
        for (const Town::Place node : town.nodes)
            if (node == town.a || everywhere) town.attack(node, hostile, trusted);
        town.flood(Seconds(200));
        town.run_for(Seconds(60));
        const Town::Taken taken = town.measure(town.nodes[to]);
        MESSAGE("to node ", to, ": calm ", usual.mean.count(), " ms, at most ", usual.most.count(),
                "; flooded ", taken.mean.count(), " ms, at most ", taken.most.count());
        CHECK(taken.missing == 0);
        CHECK(taken.mean <= 2 * usual.mean);
        CHECK(taken.most <= 2 * usual.most);
        CHECK(town.faults == 0);  // nobody did anything that ends a link
    }
}

TEST_CASE(
    "eight hostile links flood ids that never come: honest items take at most twice as long, hops on too") {
    compare(8, false, false);
}

TEST_CASE("so do eight that each brought an item before") {
    compare(8, true, false);
}

TEST_CASE("and eight such at every node of a small network") {
    compare(8, true, true);
}

TEST_CASE("what a flooded node passes on of ids that never come is bounded") {
    Town town;
    town.attack(town.a, 8, true);
    const base::LinkId watched{2};  // from a to the first of its neighbours
    const std::size_t before = town.bytes_over(watched, town.a);
    town.flood(Seconds(120));
    town.run_for(Seconds(120));
    const std::size_t vain_bytes = 46;
    CHECK(town.bytes_over(watched, town.a) - before < 3 * limits::ahead_max * (vain_bytes + 4));
}

}  // namespace
}  // namespace hearsay::core
