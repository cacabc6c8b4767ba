// reconcile/exchange.hpp: peers that share little list what they hold, page by page.
#include <doctest/doctest.h>

#include "base/limits/budgets.hpp"
#include "base/limits/frames.hpp"
#include "base/limits/items.hpp"
#include "base/limits/relay.hpp"
#include "fixture.hpp"
#include "pair.hpp"

namespace hearsay::core {
namespace {

struct Exchanging : Fixture {
    item::Item apple = named("apple", samples::publication({.slot = 1}));
    item::Item pear = named("pear", samples::publication({.slot = 2}));
    item::Item plum = named("plum", samples::publication({.slot = 3}));
    void hold_all() {
        hold(apple);
        hold(pear);
        hold(plum);
    }
    std::string drained(const Peer& peer) { return step(LinkDrained{peer.link}); }
    // A peer that holds next to nothing compares with us: we list what we have.
    std::string ask(const Peer& peer) {
        return hear(peer, Compare{{}, {}, store.alive_count() == 0 ? 5u : 0u});
    }
    void connect(const Peer& peer) {
        Fixture::connect(peer);
        ask(peer);
    }
    bool in_sync(const Peer& peer) const { return node->in_sync(peer.link); }
};

TEST_CASE_FIXTURE(Exchanging, "a peer that holds nothing is listed what we hold, newest first") {
    hold_all();
    Fixture::connect(bob);
    CHECK(ask(bob) == "tell bob have 1: plum pear apple");
}

TEST_CASE_FIXTURE(Exchanging, "a node that holds nothing says so with an empty last page") {
    Fixture::connect(bob);
    CHECK(ask(bob) == "tell bob have 1: last");
}

TEST_CASE_FIXTURE(Exchanging,
                  "what was wanted is sent, and the last page comes when it has left our queue") {
    hold_all();
    connect(bob);
    CHECK(hear(bob, Want{1, {id(apple), id(plum)}}) == "tell bob items apple plum");
    CHECK(drained(bob) == "tell bob have 2: last");
    CHECK(hear(bob, Want{2, {}}) == "");
}

TEST_CASE_FIXTURE(Exchanging, "a page that is not wanted is followed at once by the next") {
    hold_all();
    connect(bob);
    CHECK(hear(bob, Want{1, {}}).find("tell bob have 2: last") != std::string::npos);
}

TEST_CASE_FIXTURE(Exchanging, "of what a peer lists we want what we do not know, each once") {
    hold(apple);
    const item::Item newer = samples::publication({.slot = 2, .sequence = 2});
    hold(pear);
    publish(newer);  // pear is gone, not unknown
    connect(bob);
    CHECK(hear(bob, Have{1, {id(apple), id(pear), id(plum), id(plum)}, false}) ==
          "tell bob want 1: plum");
}

TEST_CASE_FIXTURE(
    Exchanging,
    "what a list was asked for is not in vain when others are quicker, a second copy is") {
    const std::string large(30'000, 'x');
    std::vector<item::Item> items;
    std::vector<base::ItemId> ids;
    std::size_t bytes = 0;
    for (std::uint32_t at = 0; bytes <= static_cast<std::size_t>(limits::waste_rate.burst); ++at) {
        items.push_back(
            samples::publication({.slot = at, .payload = large, .lifetime = Seconds(86400)}));
        ids.push_back(id(items.back()));
        bytes += items.back().size();
    }
    REQUIRE(ids.size() <= limits::ids_per_page_max);
    connect(bob);
    Fixture::connect(carol);
    CHECK(hear(bob, Have{1, ids, false}).find("tell bob want 1:") == 0);
    REQUIRE(linked(bob));
    const auto send = [&](const Peer& peer, const item::Item& item) {
        std::size_t from = 0;
        return frame(peer.link, encode_items({samples::accepted(item)}, from, hops_bulk));
    };
    for (const item::Item& item : items) {
        send(carol, item);
        verified(item);
        CHECK(send(bob, item) == "");
    }
    REQUIRE(linked(bob));
    for (const item::Item& item : items)
        if (linked(bob)) send(bob, item);
    CHECK(!linked(bob));
}

TEST_CASE_FIXTURE(Exchanging, "a peer's last page is answered too, and both ends make it in sync") {
    connect(bob);
    CHECK(!in_sync(bob));
    CHECK(hear(bob, Have{1, {}, true}) == "tell bob want 1:");
    CHECK(!in_sync(bob));
    hear(bob, Want{1, {}});
    CHECK(in_sync(bob));
    CHECK(!in_sync(carol));
}

TEST_CASE_FIXTURE(Exchanging, "a link that ends is in sync no more, whoever ended it") {
    connect(bob);
    hear(bob, Have{1, {}, true});
    hear(bob, Want{1, {}});
    SUBCASE("they") {
        step(LinkDown{bob.link, std::nullopt});
    }
    SUBCASE("we") {
        hear(bob, Pong{1});
    }
    CHECK(!in_sync(bob));
}

TEST_CASE_FIXTURE(Exchanging,
                  "wanted items go in pieces, each after the one before has left our queue") {
    const std::string large(32 * 1024, 'x');
    std::vector<base::ItemId> ids;
    for (std::uint32_t at = 0; at < 20; ++at) {
        const item::Item item = samples::publication({.slot = at, .payload = large});
        hold(item);
        ids.push_back(id(item));
    }
    connect(bob);
    const auto sent = [&] {
        std::size_t bytes = 0;
        for (const Effect& effect : last)
            if (const auto* send = std::get_if<Send>(&effect)) bytes += send->frame->size();
        return bytes;
    };
    hear(bob, Want{1, ids});
    std::size_t pieces = 0;
    while (Trace(names)(last).find("have 2") == std::string::npos) {
        ++pieces;
        REQUIRE(pieces < 20);
        CHECK(sent() > 0);
        CHECK(sent() < limits::exchange_piece_bytes + 2 * limits::payload_bytes_max);
        CHECK(hear(bob, Ping{1}).find("items") == std::string::npos);  // only draining goes on
        drained(bob);
    }
    CHECK(pieces == 3);
}

TEST_CASE_FIXTURE(Exchanging, "a queue that drains while nothing is under way changes nothing") {
    connect(bob);
    CHECK(drained(bob) == "");
    CHECK(drained(carol) == "");
}

TEST_CASE_FIXTURE(Exchanging,
                  "an item that expired since it was listed is passed over in silence") {
    hold_all();
    const item::Item brief =
        named("brief", samples::publication({.slot = 9, .lifetime = Seconds(600)}));
    hold(brief);
    connect(bob);
    now.wall = samples::noon + Seconds(600);
    CHECK(hear(bob, Want{1, {id(brief), id(apple)}}) == "tell bob items apple");
}

TEST_CASE_FIXTURE(Exchanging, "when everything wanted has expired the next page comes at once") {
    hold(apple);
    connect(bob);
    now.wall = samples::noon + Seconds(3600);
    CHECK(hear(bob, Want{1, {id(apple)}}) == "tell bob have 2: last");
}

TEST_CASE_FIXTURE(Exchanging,
                  "an item that came after the page was listed is flooded and not listed twice") {
    hold(apple);
    connect(bob);
    CHECK(publish(pear).find("tell bob items pear") != std::string::npos);
    CHECK(hear(bob, Want{1, {}}) == "tell bob have 2: last");
}

// ---- out of turn
TEST_CASE_FIXTURE(Exchanging, "wants that answer nothing are out of turn") {
    const std::string ended = "refused bob frame_unexpected; end bob frame_unexpected";
    hold_all();
    connect(bob);
    SUBCASE("another page") {
        CHECK(hear(bob, Want{2, {}}) == ended);
    }
    SUBCASE("page zero") {
        CHECK(hear(bob, Want{0, {}}) == ended);
    }
    SUBCASE("an id that was not listed") {
        CHECK(hear(bob, Want{1, {samples::filled<base::ItemId>(1)}}) == ended);
    }
    SUBCASE("an id twice") {
        CHECK(hear(bob, Want{1, {id(apple), id(apple)}}) == ended);
    }
    SUBCASE("an answer twice") {
        hear(bob, Want{1, {id(apple)}});
        CHECK(hear(bob, Want{1, {id(pear)}}) == ended);
    }
    SUBCASE("an answer after the end") {
        hear(bob, Want{1, {}});
        hear(bob, Want{2, {}});
        CHECK(hear(bob, Want{2, {}}) == ended);
    }
    CHECK(!linked(bob));
}

TEST_CASE_FIXTURE(Exchanging,
                  "pages are numbered from one without gaps, and only the last is empty") {
    const std::string ended = "refused bob frame_unexpected; end bob frame_unexpected";
    connect(bob);
    SUBCASE("starting at zero") {
        CHECK(hear(bob, Have{0, {id(apple)}, false}) == ended);
    }
    SUBCASE("starting at two") {
        CHECK(hear(bob, Have{2, {id(apple)}, false}) == ended);
    }
    SUBCASE("the same again") {
        hear(bob, Have{1, {id(apple)}, false});
        CHECK(hear(bob, Have{1, {id(pear)}, false}) == ended);
    }
    SUBCASE("after the last") {
        hear(bob, Have{1, {}, true});
        CHECK(hear(bob, Have{2, {id(apple)}, false}) == ended);
    }
    SUBCASE("empty but not the last") {
        CHECK(hear(bob, Have{1, {}, false}) == ended);
    }
    SUBCASE("last but not empty") {
        CHECK(hear(bob, Have{1, {id(apple)}, true}) == ended);
    }
    CHECK(!linked(bob));
}

// ---- two nodes
TEST_CASE(
    "two nodes over several pages give each other everything, and only what the other lacks") {
    Pair pair;
    constexpr std::uint32_t each = 2500;
    constexpr std::uint32_t common = 300;
    for (std::uint32_t at = 0; at < common; ++at) {
        pair.give(0, samples::mail({.slot = 100'000 + at}));
        // stored in another order
        pair.give(1, samples::mail({.slot = 100'000 + common - 1 - at}));
    }
    for (std::uint32_t at = 0; at < each - common; ++at) {
        pair.give(0, samples::mail({.slot = at}));
        pair.give(1, samples::mail({.slot = 50'000 + at}));
    }
    pair.connect();
    pair.run();
    CHECK(pair.in_sync());
    CHECK(pair.sides[0].store.alive_count() == 2 * each - common);
    CHECK(pair.sides[1].store.alive_count() == 2 * each - common);
    CHECK(pair.sides[0].items_sent == each - common);
    CHECK(pair.sides[1].items_sent == each - common);
}

TEST_CASE("two nodes that hold the same send no item") {
    Pair pair;
    for (std::uint32_t at = 0; at < 1500; ++at)
        for (int side : {0, 1}) pair.give(side, samples::mail({.slot = at}));
    pair.connect();
    pair.run();
    CHECK(pair.in_sync());
    CHECK(pair.sides[0].items_sent + pair.sides[1].items_sent == 0);
}

TEST_CASE("an exchange of large items never holds more than two pieces unsent") {
    // Two, because news of an emptied queue may cross with the wish that starts a piece.
    Pair pair;
    const std::string large(32 * 1024, 'x');
    for (std::uint32_t at = 0; at < 200; ++at)
        pair.give(0, samples::mail({.slot = at, .payload = large}));
    pair.connect();
    pair.run();
    CHECK(pair.in_sync());
    CHECK(pair.sides[1].store.alive_count() == 200);
    CHECK(pair.sides[0].unread_bytes_most <
          2 * (limits::exchange_piece_bytes + 2 * limits::payload_bytes_max));
}

TEST_CASE("versions settle alike on both sides, whichever held the newer") {
    Pair pair;
    const auto version = [](std::uint32_t slot, std::uint64_t sequence) {
        return samples::publication({.slot = slot, .sequence = sequence});
    };
    pair.give(0, version(1, 1));
    pair.give(1, version(1, 2));
    pair.give(0, version(2, 9));
    pair.give(1, version(2, 8));
    pair.connect();
    pair.run();
    CHECK(pair.in_sync());
    for (const Pair::Side& side : pair.sides) {
        CHECK(side.store.alive_count() == 2);
        CHECK(side.store.presence(Fixture::id(version(1, 2))) == Presence::alive);
        CHECK(side.store.presence(Fixture::id(version(2, 9))) == Presence::alive);
    }
}

TEST_CASE("a peer whose items do not verify loses the link, and the node goes on") {
    Pair pair;
    pair.give(0, samples::mail());
    pair.verify = [](const item::Read&) { return Fault::item_little_work; };
    pair.connect();
    pair.run();
    CHECK(pair.sides[1].store.alive_count() == 0);
    CHECK(pair.sides[1].node->links().all().empty());
    CHECK(pair.sides[0].node->links().all().empty());
}

TEST_CASE_FIXTURE(Exchanging, "two peers that list the same are asked for different things") {
    connect(alice);
    connect(bob);
    CHECK(hear(alice, Have{1, {id(apple), id(pear)}, false}) == "tell alice want 1: apple pear");
    CHECK(hear(bob, Have{1, {id(plum), id(apple)}, false}) == "tell bob want 1: plum");
    receive(alice, apple);
    receive(bob, plum);
    // alice's next page says that pear is not coming any more: bob may bring it.
    CHECK(hear(alice, Have{2, {}, true}) == "tell alice want 2:");
    CHECK(hear(bob, Have{2, {id(pear)}, false}) == "tell bob want 2: pear");
}

TEST_CASE_FIXTURE(Exchanging, "who lists, is asked and sends nothing keeps nothing from coming") {
    connect(alice);
    connect(bob);
    connect(carol);
    CHECK(hear(alice, Have{1, {id(apple), id(pear)}, false}) == "tell alice want 1: apple pear");
    SUBCASE("who listed the same before is asked when its time is over") {
        CHECK(hear(bob, Have{1, {id(apple), id(pear)}, false}) == "tell bob want 1:");
        hear(bob, Have{2, {}, true});
        CHECK(wait(limits::list_wait - Millis(1)).find("request") == std::string::npos);
        CHECK(node->next_deadline() <= now.mono + Millis(1));
        CHECK(wait(Millis(1)) == "tell bob request: apple pear");
        receive(bob, {apple, pear});
        verified(apple);
        verified(pear);
        CHECK(holds(apple));
        CHECK(holds(pear));
    }
    SUBCASE(
        "who lists the same afterwards is asked at once, and so it is with all that the silent one "
        "lists") {
        wait(limits::list_wait);
        CHECK(hear(bob, Have{1, {id(apple), id(pear)}, false}) == "tell bob want 1: apple pear");
        CHECK(hear(alice, Have{2, {id(plum)}, false}) == "tell alice want 2: plum");
        CHECK(hear(carol, Have{1, {id(plum)}, false}) == "tell carol want 1: plum");
    }
    CHECK(linked(alice));
}

TEST_CASE_FIXTURE(Exchanging, "a forged copy of what was listed leads to the next who listed it") {
    connect(alice);
    connect(bob);
    hear(alice, Have{1, {id(apple)}, false});
    hear(bob, Have{1, {id(apple)}, false});
    receive(alice, apple);
    verified(apple, Fault::item_bad_payload);
    CHECK(!linked(alice));
    CHECK(step(TimerFired{}).find("tell bob request: apple") != std::string::npos);
}

TEST_CASE_FIXTURE(Exchanging,
                  "who lists ids without end and delivers none of them loses its link") {
    connect(bob);
    base::Rng rng(samples::filled<base::Secret>(4));
    std::string said;
    std::uint32_t page = 0;
    while (linked(bob)) {
        REQUIRE(++page < 20);
        std::vector<base::ItemId> ids(limits::ids_per_page_max);
        for (base::ItemId& id : ids) rng.fill(id);
        said = hear(bob, Have{page, ids, false});
    }
    CHECK(said == "refused bob silent; end bob silent");
    CHECK(page - 1 == limits::listed_vain_max / limits::ids_per_page_max + 1);
}

TEST_CASE_FIXTURE(Exchanging, "who lets nothing be heard of its list for long loses its link") {
    connect(bob);
    hear(bob, Have{1, {id(apple)}, false});
    for (Millis waited{0}; waited + Millis(30'000) < limits::round_silence_max;
         waited += Millis(30'000)) {
        wait(Millis(30'000));
        hear(bob, Ping{1});  // the link lives, the round does not
    }
    CHECK(linked(bob));
    CHECK(wait(Millis(30'000)).find("refused bob silent; end bob silent") != std::string::npos);
}

TEST_CASE_FIXTURE(Exchanging,
                  "what was left to another peer is no match, because that one may not deliver") {
    connect(alice);
    connect(bob);
    hear(alice, Have{1, {id(apple)}, false});
    hear(bob, Have{1, {id(apple)}, false});
    hear(bob, Have{2, {}, true});
    hear(bob, Want{1, {}});
    CHECK(!in_sync(bob));
    // When alice's link ends, nothing is waited for any more.
    step(LinkDown{alice.link, std::nullopt});
    connect(carol);
    CHECK(hear(carol, Have{1, {id(apple)}, false}) == "tell carol want 1: apple");
}

}  // namespace
}  // namespace hearsay::core
