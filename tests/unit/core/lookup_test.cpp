// discovery/node_lookup.hpp: one search, against networks of which the test knows everything.
#include <algorithm>

#include <doctest/doctest.h>

#include "base/limits/discovery.hpp"
#include "base/limits/links.hpp"
#include "core/discovery/node_lookup.hpp"
#include "core/discovery/routing_table.hpp"
#include "unit/item/samples.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;

base::PeerId key(std::uint32_t number) {
    return samples::numbered<base::PeerId>(number);
}

// `count` nodes, each with a routing table in which all others had their chance.
struct Net {
    std::vector<RoutingTable> tables;
    std::map<base::PeerId, std::size_t> index;
    explicit Net(std::uint32_t count) {
        for (std::uint32_t at = 0; at < count; ++at) {
            tables.emplace_back(key(at));
            index[key(at)] = at;
        }
        for (std::uint32_t at = 0; at < count; ++at)
            for (std::uint32_t other = 0; other < count; ++other)
                if (at != other) tables[at].on_proved(key((other * 7919 + at) % count));
    }
    std::vector<base::PeerId> nearest(const base::NodeId& target, std::size_t most) const {
        std::vector<base::PeerId> all;
        for (const auto& [peer, at] : index) all.push_back(peer);
        std::sort(all.begin(), all.end(), [&](const base::PeerId& a, const base::PeerId& b) {
            return is_closer(target, node_id_of(a), node_id_of(b));
        });
        all.resize(most);
        return all;
    }
    std::vector<base::PeerId> answer(const base::PeerId& from, const base::NodeId& target) const {
        return tables[index.at(from)].closest(target, limits::contacts_per_answer_max);
    }
};

NodeLookup begin(const Net& net, std::uint32_t from, const base::NodeId& target) {
    return NodeLookup(key(from), target,
                      net.tables[from].closest(target, limits::bucket_contacts_max));
}

TEST_CASE("without anybody to ask it is over at once and finds nothing") {
    NodeLookup lookup(key(0), node_id_of(key(1)), {});
    CHECK(!lookup.next());
    CHECK(lookup.is_done());
    CHECK(lookup.found().empty());
    CHECK(lookup.hops() == 0);
}

TEST_CASE("one question a path is under way, and nobody is asked twice") {
    const Net net(100);
    NodeLookup lookup = begin(net, 0, node_id_of(key(77)));
    std::set<base::PeerId> asked;
    std::vector<base::PeerId> under_way;
    for (int steps = 0; steps < 1000 && !lookup.is_done(); ++steps) {
        while (const auto peer = lookup.next()) {
            CHECK(asked.insert(*peer).second);
            under_way.push_back(*peer);
        }
        CHECK(under_way.size() <= limits::lookup_paths);
        REQUIRE(!under_way.empty());
        lookup.on_answer(under_way.front(), net.answer(under_way.front(), lookup.target()));
        under_way.erase(under_way.begin());
    }
    CHECK(lookup.is_done());
    CHECK(lookup.asked() == asked.size());
    CHECK(asked.size() <= limits::lookup_paths * limits::lookup_asks_max);
}

TEST_CASE("in a network of a thousand it finds the k nearest, in few hops") {
    const Net net(1000);
    std::size_t found = 0;
    std::uint32_t hops = 0;
    constexpr std::uint32_t tries = 50;
    for (std::uint32_t at = 0; at < tries; ++at) {
        const base::NodeId target = node_id_of(key(5000 + at));
        NodeLookup lookup = begin(net, at, target);
        while (!lookup.is_done())
            while (const auto peer = lookup.next())
                lookup.on_answer(*peer, net.answer(*peer, target));
        std::vector<base::PeerId> wanted = net.nearest(target, limits::bucket_contacts_max + 1);
        std::erase(wanted, key(at));
        wanted.resize(limits::bucket_contacts_max);
        const auto got = lookup.found();
        for (const base::PeerId& peer : wanted)
            found += std::count(got.begin(), got.end(), peer) > 0 ? 1U : 0U;
        hops += lookup.hops();
    }
    CHECK(found >= tries * limits::bucket_contacts_max * 99 / 100);
    CHECK(hops <= tries * 5);
}

TEST_CASE("who does not answer is not among the found, and the search goes on") {
    const Net net(200);
    const base::NodeId target = node_id_of(key(9999));
    const auto dead = net.nearest(target, 2);
    NodeLookup lookup = begin(net, 5, target);
    while (!lookup.is_done())
        while (const auto peer = lookup.next()) {
            if (std::count(dead.begin(), dead.end(), *peer) > 0)
                lookup.on_no_answer(*peer);
            else
                lookup.on_answer(*peer, net.answer(*peer, target));
        }
    const auto got = lookup.found();
    REQUIRE(!got.empty());
    for (const base::PeerId& peer : dead) CHECK(std::count(got.begin(), got.end(), peer) == 0);
}

TEST_CASE("a liar's inventions stay in its path: the others find the truth") {
    const Net net(300);
    const base::NodeId target = node_id_of(key(4242));
    const auto truth = net.nearest(target, 5);
    NodeLookup lookup = begin(net, 7, target);
    std::optional<base::PeerId> liar;
    std::uint32_t invented = 1'000'000;
    std::set<base::PeerId> told;
    while (!lookup.is_done())
        while (const auto peer = lookup.next()) {
            if (!liar && std::count(truth.begin(), truth.end(), *peer) == 0) liar = *peer;
            // it and its kind answer with keys that nobody has
            if (peer == liar || told.contains(*peer)) {
                std::vector<base::PeerId> lies;
                for (int at = 0; at < 20; ++at) {
                    lies.push_back(key(invented++));
                    told.insert(lies.back());
                }
                lookup.on_answer(*peer, lies);
            } else {
                lookup.on_answer(*peer, net.answer(*peer, target));
            }
        }
    const auto got = lookup.found();
    std::size_t found = 0;
    for (const base::PeerId& peer : truth)
        found += std::count(got.begin(), got.end(), peer) > 0 ? 1U : 0U;
    CHECK(found >= 4);
}

TEST_CASE("answers that nobody asked for change nothing") {
    const Net net(50);
    NodeLookup lookup = begin(net, 0, node_id_of(key(1)));
    const auto before = lookup.found();
    lookup.on_answer(key(777), {key(1'000'001)});
    lookup.on_no_answer(key(778));
    CHECK(lookup.found() == before);
    const auto asked = lookup.next();
    REQUIRE(asked);
    lookup.on_answer(*asked, {});
    lookup.on_answer(*asked, {key(1'000'001)});  // a second answer
    CHECK(lookup.found() == before);
}

TEST_CASE("its hops are the answers that led to the nearest that is found") {
    const base::NodeId target = node_id_of(key(1));
    std::vector<base::PeerId> all;  // the nearest last
    for (std::uint32_t at = 0; at < 4; ++at) all.push_back(key(10 + at));
    std::sort(all.begin(), all.end(), [&](const base::PeerId& a, const base::PeerId& b) {
        return is_closer(target, node_id_of(b), node_id_of(a));
    });
    NodeLookup lookup(key(0), target, {all[0]});
    CHECK(lookup.hops() == 0);
    for (std::size_t at = 0; at + 1 < all.size(); ++at) {
        REQUIRE(lookup.next() == all[at]);
        lookup.on_answer(all[at], {all[at + 1]});
        CHECK(lookup.hops() == at + 1);
    }
}

TEST_CASE("answers that come ever nearer end at lookup_asks_max a path") {
    const base::NodeId target = node_id_of(key(1));
    constexpr std::size_t told_each = 20;
    constexpr std::size_t asks_max = limits::lookup_paths * limits::lookup_asks_max;
    std::vector<base::PeerId> all;  // the nearest last
    for (std::uint32_t at = 0; at < 2 * asks_max * told_each; ++at) all.push_back(key(10 + at));
    std::sort(all.begin(), all.end(), [&](const base::PeerId& a, const base::PeerId& b) {
        return is_closer(target, node_id_of(b), node_id_of(a));
    });
    auto next = all.begin() + 6;
    NodeLookup lookup(key(0), target, {all.begin(), next});
    std::size_t asked = 0;
    while (const auto peer = lookup.next()) {
        REQUIRE(++asked <= asks_max);
        lookup.on_answer(*peer, {next, next + told_each});
        next += told_each;
    }
    CHECK(asked == asks_max);
    CHECK(lookup.is_done());
    CHECK(lookup.found().size() == limits::bucket_contacts_max);
}

}  // namespace
}  // namespace hearsay::core
