#include "sim/kademlia.hpp"

#include <algorithm>

#include <doctest/doctest.h>

using namespace hearsay;
using base::Millis;
using base::MonoTime;

namespace {

constexpr Millis minute(60'000);

struct Fixture {
    static constexpr std::uint32_t nodes = 100;
    base::Rng rng{base::Secret{}};
    base::ItemId name;
    sim::KademliaModel model;
    MonoTime now{minute};

    explicit Fixture(std::uint64_t lookups = 0) : model(8, ids(rng), rng.fork(), lookups) {
        for (std::uint32_t node = 0; node < nodes; ++node) model.set_online(node, true);
        rng.fill(name);
        model.publish(0, name, now);
    }
    static std::vector<base::PeerId> ids(base::Rng& rng) {
        std::vector<base::PeerId> out(nodes);
        for (base::PeerId& id : out) rng.fill(id);
        return out;
    }
    void pass(int minutes) {
        for (; minutes > 0; --minutes) model.tick(now += minute);
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a value lies at k nodes and is found") {
    CHECK(model.copies(0) == 8);
    CHECK(model.found_share() == 1.0);
}

TEST_CASE_FIXTURE(Fixture,
                  "a value whose holders are all lost is not found, and never comes back") {
    for (std::uint32_t node = 0; node < nodes && model.copies(0) > 0; ++node) model.lose(node);
    pass(90);
    CHECK(model.copies(0) == 0);
    CHECK(model.found_share() == 0.0);
}

TEST_CASE_FIXTURE(Fixture, "the last holder stores the value at k nodes again within the hour") {
    for (std::uint32_t node = 0; node < nodes / 2 && model.copies(0) > 1; ++node) model.lose(node);
    for (std::uint32_t node = nodes; node > nodes / 2 + 20 && model.copies(0) > 1; --node)
        model.lose(node - 1);
    REQUIRE(model.copies(0) > 0);
    pass(75);
    CHECK(model.copies(0) >= 8);
    CHECK(model.found_share() == 1.0);
}

TEST_CASE_FIXTURE(Fixture, "a holder that was away serves the old version until it stores again") {
    // Away while the update is published, back afterwards.
    for (std::uint32_t node = 0; node < nodes; node += 2) model.set_online(node, false);
    model.publish(0, name, now);
    for (std::uint32_t node = 0; node < nodes; node += 2) model.set_online(node, true);
    const auto at_once = model.stale(now + minute);
    REQUIRE(!at_once.empty());
    CHECK(*std::max_element(at_once.begin(), at_once.end()) == 60'000);
    pass(75);
    const auto ended = model.stale(now + minute * 600);
    CHECK(*std::max_element(ended.begin(), ended.end()) <= 70 * 60'000);
}

TEST_CASE("copies that lookups left behind serve the old version for hours") {
    Fixture busy(60);
    busy.pass(120);
    CHECK(busy.model.copies(0) > 8);
    busy.model.publish(0, busy.name, busy.now);
    busy.pass(75);
    const auto stale = busy.model.stale(busy.now);
    REQUIRE(!stale.empty());
    CHECK(*std::max_element(stale.begin(), stale.end()) >= 75 * 60'000);
    busy.pass(25 * 60);
    const auto ended = busy.model.stale(busy.now + minute * 600);
    CHECK(*std::max_element(ended.begin(), ended.end()) <= 24 * 60 * 60'000);
}
