// relay/relay.hpp among nodes: hostile links announce ids that never come, as fast as they may.
// Honest items still arrive, at the nodes that are flooded and further on, in at most twice the
// time that they take in the calm.
#include <doctest/doctest.h>

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
    Place source, a;
    std::vector<std::pair<Place, base::LinkId>> hostile;
    base::Rng rng{samples::filled<base::Secret>(3)};
    std::uint32_t made = 0;

    Town() {
        for (int count = 0; count < 9; ++count) nodes.push_back(add_node());
        source = nodes[0];
        a = nodes[1];
        const Place b = nodes[5];
        const Place c = nodes[8];
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
        for (int round = 0; round < 5; ++round)
            for (const Place node : nodes) inject(node, fresh()), run_for(Seconds(3));
    }
    Millis latency() { return rng.between(Millis(200), Millis(600)); }
    item::Item fresh() {
        return samples::publication({.slot = ++made, .lifetime = Seconds(86400)});
    }

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
    // So many ids a second of each.
    void flood(Millis time, std::size_t ids) {
        for (const auto& [stranger, link] : hostile)
            for (Millis wait{0}; wait < time; wait += Seconds(1))
                say_later(stranger, link, vain(ids), wait);
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
    // How long items that enter at the source take to each node.
    struct Taken {
        Millis mean{0};
        Millis most{0};
        std::size_t missing = 0;
    };
    static constexpr int times = 20;
    static constexpr Millis between{2000};
    static constexpr Millis patience{20'000};
    std::vector<Taken> measure() {
        std::vector<std::pair<base::ItemId, base::MonoTime>> all;
        for (int at = 0; at < times; ++at) {
            const item::Item item = fresh();
            all.emplace_back(item::id_of(item.header, item.signature), now.mono);
            inject(source, item);
            run_for(between);
        }
        run_for(patience);
        std::vector<Taken> out(nodes.size());
        for (std::size_t node = 0; node < nodes.size(); ++node) {
            for (const auto& [id, begun] : all) {
                const auto came = stored_at(nodes[node], id);
                if (!came) ++out[node].missing;
                if (!came) continue;
                out[node].mean += *came - begun;
                out[node].most = std::max(out[node].most, *came - begun);
            }
            out[node].mean /= times;
        }
        return out;
    }
};

// Hostile links at the node that all items come through, or at every node.
void compare(std::size_t ids_a_second, bool trusted, bool everywhere) {
    constexpr std::size_t hostile = 8;
    const Millis before(20'000);
    // The same strangers are there in the calm, and silent.
    const auto measure = [&](bool flood) {
        Town town;
        for (const Town::Place node : town.nodes)
            if (node == town.a || everywhere) town.attack(node, hostile, trusted);
        if (flood) town.flood(before + Town::times * Town::between + Town::patience, ids_a_second);
        town.run_for(before);
        const std::vector<Town::Taken> out = town.measure();
        CHECK(town.faults == 0);  // nobody did anything that ends a link
        return out;
    };
    const std::vector<Town::Taken> usual = measure(false);
    const std::vector<Town::Taken> taken = measure(true);
    for (std::size_t node = 1; node < taken.size(); ++node) {
        CAPTURE(node);
        CAPTURE(usual[node].mean.count());
        CAPTURE(usual[node].most.count());
        CAPTURE(taken[node].mean.count());
        CAPTURE(taken[node].most.count());
        CHECK(usual[node].missing == 0);
        CHECK(taken[node].missing == 0);
        CHECK(taken[node].mean <= 2 * usual[node].mean);
        CHECK(taken[node].most <= 2 * usual[node].most);
    }
    MESSAGE("two hops on: calm ", usual[5].mean.count(), " ms, flooded ", taken[5].mean.count(),
            " ms; four: ", usual[8].mean.count(), " and ", taken[8].mean.count());
}

TEST_CASE(
    "eight hostile links flood ids that never come: honest items take at most twice as long, hops "
    "on too") {
    compare(500, false, false);
}

TEST_CASE("so do eight that each brought an item before") {
    compare(500, true, false);
}

TEST_CASE("and eight such at every node of a small network") {
    compare(50, true, true);
}

constexpr std::size_t id_bytes = 46 + 4;  // a frame's own bytes with it

TEST_CASE("what a flooded node passes on of ids that never come is bounded") {
    Town town;
    town.attack(town.a, 8, true);
    const base::LinkId watched{2};  // from a to the first of its neighbours
    const std::size_t before = town.bytes_over(watched, town.a);
    town.flood(Seconds(60), 500);
    town.run_for(Seconds(60));
    // The first may have all places, and each further one a share.
    CHECK(town.bytes_over(watched, town.a) - before < 2.2 * limits::ahead_max * id_bytes);
}

TEST_CASE("of strangers that have brought nothing it passes on next to nothing") {
    Town town;
    town.attack(town.a, 8, false);
    const base::LinkId watched{2};
    const std::size_t before = town.bytes_over(watched, town.a);
    town.flood(Seconds(60), 500);
    town.run_for(Seconds(60));
    const std::size_t usual = 1000;  // pings, and comparing
    CHECK(town.bytes_over(watched, town.a) - before <
          limits::ahead_unproven_max * id_bytes + usual);
}

TEST_CASE("an id that never comes crosses a link once each way, and is asked for there as often") {
    constexpr std::size_t ids = 500;
    const auto bytes = [&](bool flood) {
        Town town;
        town.attack(town.a, 1, true);
        const auto& [stranger, link] = town.hostile.front();
        const std::size_t before = town.bytes_in_all();
        if (flood) town.say(stranger, link, town.vain(ids));
        town.run_for(limits::vain_memory + Seconds(60));
        return town.bytes_in_all() - before;
    };
    const std::size_t links = 11;  // the stranger's among them
    const std::size_t request_bytes = 34;
    const std::size_t usual = bytes(false);
    const std::size_t flooded = bytes(true);
    CHECK(flooded - usual > links * ids * id_bytes);  // it does flood
    CHECK(flooded - usual < links * ids * 2 * (id_bytes + request_bytes));
}

}  // namespace
}  // namespace hearsay::core
