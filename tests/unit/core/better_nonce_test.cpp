// relay/better_nonce.hpp: more work for an item that is held, from whoever did it.
#include "core/relay/better_nonce.hpp"

#include <doctest/doctest.h>

#include "base/limits/relay.hpp"
#include "base/limits/retention.hpp"
#include "comparing.hpp"
#include "small_network.hpp"

namespace hearsay::core {
namespace {

item::Item with_level(item::Item item, item::Level level) {
    item.nonce = std::uint64_t{level} << 56;  // as the simulated network says it
    return item;
}

struct Better : Fixture {
    item::Item apple = named("apple", with_level(sample(1), 3));
    const base::ItemId its = id(apple);

    static item::Item sample(std::uint32_t slot) {
        return samples::publication({.slot = slot, .lifetime = Seconds(86400)});
    }
    static Announced announced(const item::Item& item) {
        return {id(item), item.nonce, static_cast<std::uint32_t>(item.size()), 86400,
                item::StoreClass::posts};
    }
    std::string announce(const Peer& peer, item::Level level) {
        return hear(peer, Announce{{announced(with_level(apple, level))}});
    }
    item::Level level() const { return store.standing(its)->level; }
    // Holds the apple, is linked to all three, and nobody's announcements are remembered any more.
    Better() {
        connect(alice);
        connect(bob);
        connect(carol);
        publish(apple);
        wait(Millis(1000));
        wait(limits::request_memory);
    }
};

TEST_CASE_FIXTURE(Better,
                  "a nonce with twice the work takes the place of the held one, and is told on") {
    CHECK(announce(alice, 7) ==
          "improve apple to 7; tell bob announce apple; tell carol announce apple");
    CHECK(level() == 7);
    CHECK(store.get(its)->item.nonce == with_level(apple, 7).nonce);
    CHECK(hear(bob, Request{{its}}) == "tell bob items apple");
}

TEST_CASE_FIXTURE(Better, "what is told on is the better nonce, with the item's own figures") {
    Announced lie = announced(with_level(apple, 9));
    lie.size = 5000;
    lie.of = item::StoreClass::mail;
    hear(alice, Announce{{lie}});
    REQUIRE(level() == 9);
    const auto* send = std::get_if<Send>(&last.back());
    REQUIRE(send);
    const auto message = parse(*send->frame);
    REQUIRE(message);
    const Announced& said = std::get<Announce>(*message).items.front();
    CHECK(said.nonce == with_level(apple, 9).nonce);
    CHECK(said.size == apple.size());
    CHECK(said.of == item::StoreClass::posts);
}

TEST_CASE_FIXTURE(Better, "less than a doubling is a copy as any other") {
    CHECK(announce(alice, 6) == "");
    CHECK(announce(alice, 3) == "");
    CHECK(level() == 3);
}

TEST_CASE_FIXTURE(Better, "what expires is bettered no more, though it is still there") {
    now.wall = store.get(its)->header.expires;
    CHECK(announce(alice, 7) == "");
    now.wall -= Seconds(1);
    CHECK(announce(bob, 7) != "");
}

TEST_CASE_FIXTURE(Better, "each doubling is told once, whoever else tells of it") {
    announce(alice, 7);
    wait(Millis(1000));
    CHECK(announce(bob, 7) == "");
    CHECK(announce(carol, 10) == "");
    CHECK(announce(carol, 11).find("improve apple to 11") == 0);
}

TEST_CASE_FIXTURE(Better, "of one frame that names an id many times the first nonce counts") {
    Announce all;
    for (item::Level level = 7; level < 120; ++level)
        all.items.push_back(announced(with_level(apple, level)));
    const std::string said = hear(alice, all);
    CHECK(said.find("improve apple to 7") == 0);
    CHECK(said.find("improve", 1) == said.npos);
}

TEST_CASE_FIXTURE(Better, "a copy that a visitor hands over with more work is taken like any") {
    publish(with_level(apple, 12));
    CHECK(Trace(names)(untaken).find("improve apple to 12") != std::string::npos);
    CHECK(level() == 12);
    CHECK(verifications == 1);  // the first copy's alone
}

TEST_CASE_FIXTURE(Better, "a better copy of a link is not in vain, a poorer one is") {
    CHECK(receive(alice, with_level(apple, 8)).find("improve apple to 8") == 0);
    CHECK(receive(bob, with_level(apple, 9)) == "");
    CHECK(level() == 8);
    CHECK(linked(bob));
}

TEST_CASE_FIXTURE(Better, "what comparing brings is taken if it shows more work at all") {
    std::size_t from = 0;
    const auto better = samples::accepted(with_level(apple, 4));
    CHECK(frame(alice.link, encode_items({better}, from, hops_bulk)) == "improve apple to 4");
    CHECK(level() == 4);
}

TEST_CASE_FIXTURE(Better, "peers that do not keep so little work hear once it is enough") {
    Floor floor{};
    floor.levels[static_cast<std::size_t>(item::StoreClass::posts)] = 10;
    hear(bob, floor);
    CHECK(announce(alice, 8) == "improve apple to 8; tell carol announce apple");
    wait(Millis(1000));
    CHECK(announce(alice, 12).find("tell bob announce apple") != std::string::npos);
}

TEST_CASE_FIXTURE(Better, "a nonce that runs ahead of its item is kept until the item is here") {
    const item::Item pear = named("pear", sample(2));
    hear(alice, Announce{{announced(pear)}});
    hear(bob, Announce{{announced(with_level(pear, 8))}});
    receive(alice, pear);
    const std::string said = verified(pear) + "; " + wait(limits::announce_pause);
    CHECK(said.find("store pear") == 0);
    const std::size_t improved = said.find("improve pear to 8");
    REQUIRE(improved != std::string::npos);
    CHECK(said.find("tell carol announce pear", improved) != std::string::npos);
    CHECK(store.standing(id(pear))->level == 8);
}

TEST_CASE_FIXTURE(Better, "an incumbent stays one, and its bytes change the shelf") {
    const std::uint64_t bytes = store.shelves().bytes();
    announce(alice, 20);
    CHECK(store.shelves().bytes() == bytes);
    CHECK(store.shelves().incumbent_bytes(item::StoreClass::posts) == bytes);
    REQUIRE(store.shelves().find({item::StoreClass::posts, 20}));
    CHECK(!store.shelves().find({item::StoreClass::posts, 3}));
    store.shelves().sanity_check();
}

TEST_CASE_FIXTURE(Better, "the maker of an item hands a better nonce over until it comes back") {
    connect(named(9, 40, "dora"), true);
    CHECK(hear(alice, Announce{{announced(apple)}}).empty());
    step(Submit{samples::accepted(apple)});  // it came back already, and is only followed
    std::string said;
    for (int seconds = 0; seconds < 30; ++seconds) said += wait(Millis(1000)) + "; ";
    CHECK(said.find("inject") == said.npos);
    step(Submit{samples::accepted(with_level(apple, 6))});  // no doubling
    for (int seconds = 0; seconds < 30; ++seconds) said += wait(Millis(1000)) + "; ";
    CHECK(said.find("inject") == said.npos);
    step(Submit{samples::accepted(with_level(apple, 8))});
    for (int seconds = 0; seconds < 30; ++seconds) said += wait(Millis(1000)) + "; ";
    CHECK(said.find("inject apple") != said.npos);
    CHECK(level() == 3);  // not before others have it
    announce(alice, 8);
    CHECK(level() == 8);
    node->sanity_check();
}

// ---- many nodes

TEST_CASE("a better nonce crosses the network without the item") {
    constexpr std::size_t payload = 30'000;
    SmallNetwork network;
    std::vector<SmallNetwork::Place> nodes;
    for (int at = 0; at < 6; ++at) {
        nodes.push_back(network.add_node());
        if (at > 0) network.connect(nodes[at - 1], nodes[at], Millis(100));
        if (at > 1) network.connect(nodes[at - 2], nodes[at], Millis(150));
    }
    network.run_for(Millis(20'000));
    const item::Item item =
        samples::publication({.payload = std::string(payload, 'x'), .lifetime = Seconds(86400)});
    network.inject(nodes[0], item);
    network.run_for(Millis(30'000));
    const std::size_t before = network.bytes_in_all();
    network.inject(nodes[0], with_level(item, 12));
    network.run_for(Millis(30'000));
    for (const SmallNetwork::Place node : nodes)
        CHECK(network.store_of(node).standing(Fixture::id(item))->level == 12);
    CHECK(network.bytes_in_all() - before < payload);
    CHECK(network.faults == 0);
}

// ---- a floor between two nonces

TEST_CASE("two nodes with a floor between their nonces find the difference once") {
    Comparing test;
    const item::Item item = with_level(samples::mail({.slot = 7000}), 4);
    test.store.apply(Store{samples::accepted(item), test.now.wall, 4});
    test.connect(test.bob);
    Compare asks = test.unlike();
    asks.floors[static_cast<std::size_t>(item::StoreClass::mail)] = 5;
    test.hear(test.bob, asks);
    // Bob holds the same item with a level above the floor, and hands it over.
    std::size_t from = 0;
    const auto better = samples::accepted(with_level(item, 5));
    test.frame(test.bob.link, encode_items({better}, from, hops_bulk));
    CHECK(test.store.standing(better->id)->level == 5);
    CHECK(test.store.shelves().summary(asks.floors).count() == 1);
    test.node->sanity_check();
}

}  // namespace
}  // namespace hearsay::core
