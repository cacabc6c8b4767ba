// relay/ingest.hpp: which arriving items are kept, in the order of its rules.
#include <doctest/doctest.h>

#include "base/limits/items.hpp"
#include "base/limits/relay.hpp"
#include "fixture.hpp"

namespace hearsay::core {
namespace {

struct Ingesting : Fixture {
    item::Item apple = named("apple", samples::publication());
    Ingesting() {
        connect(alice);
        connect(bob);
        connect(carol);
    }
    static item::Item spoiled(item::Item item, std::uint64_t nonce = 666) {
        item.nonce = nonce;  // the same id, other bytes
        return item;
    }
};

TEST_CASE_FIXTURE(Ingesting, "a new item is verified before anything else happens") {
    CHECK(receive(bob, apple) == "verify apple");
    CHECK(!holds(apple));
}

TEST_CASE_FIXTURE(Ingesting,
                  "a verified item is stored, announced and sent to everyone but its sender") {
    receive(bob, apple);
    CHECK(verified(apple) ==
          "store apple; stored apple; tell alice items apple; tell carol items apple");
    CHECK(holds(apple));
}

TEST_CASE_FIXTURE(Ingesting,
                  "a duplicate of a held item costs neither effects nor a verification") {
    receive(bob, apple);
    verified(apple);
    CHECK(receive(alice, apple) == "");
    CHECK(receive(bob, spoiled(apple)) == "");
    CHECK(verifications == 1);
}

TEST_CASE_FIXTURE(
    Ingesting,
    "a copy that arrives during verification waits, and its bearer is not sent the item") {
    receive(bob, apple);
    CHECK(receive(alice, apple) == "");
    CHECK(verified(apple) == "store apple; stored apple; tell carol items apple");
    CHECK(verifications == 1);
}

TEST_CASE_FIXTURE(
    Ingesting,
    "a forged copy that came first does not censor the honest one, and only its bearer pays") {
    receive(bob, spoiled(apple));
    CHECK(receive(alice, apple) == "");
    CHECK(verified(apple, Fault::item_little_work) ==
          "verify apple; refused bob item_little_work; end bob item_little_work");
    CHECK(verified(apple) == "store apple; stored apple; tell carol items apple");
    CHECK(linked(alice));
    CHECK(!linked(bob));
}

TEST_CASE_FIXTURE(
    Ingesting,
    "everyone who brought the forged bytes pays, and nobody who brought the waiting ones") {
    receive(bob, spoiled(apple));
    receive(carol, spoiled(apple));
    receive(alice, apple);
    verified(apple, Fault::item_little_work);
    CHECK(!linked(bob));
    CHECK(!linked(carol));
    CHECK(linked(alice));
}

TEST_CASE_FIXTURE(Ingesting,
                  "honest bearers of the same waiting copy do not pay for the forged first") {
    receive(bob, spoiled(apple));
    receive(alice, apple);
    receive(carol, apple);
    verified(apple, Fault::item_little_work);
    CHECK(linked(alice));
    CHECK(linked(carol));
    CHECK(verified(apple) == "store apple; stored apple");
}

TEST_CASE_FIXTURE(Ingesting, "one forger cannot fill all the waiting places") {
    for (std::uint64_t nonce = 1; nonce <= 3 * limits::alternates_max; ++nonce)
        receive(bob, spoiled(apple, nonce));
    CHECK(node->verifying() == 1);
    receive(alice, apple);
    CHECK(verified(apple, Fault::item_little_work) ==
          "verify apple; refused bob item_little_work; end bob item_little_work");
    CHECK(verified(apple) == "store apple; stored apple; tell carol items apple");
}

TEST_CASE_FIXTURE(Ingesting, "no more than alternates_max copies wait behind the first") {
    for (std::uint8_t at = 0; at < 2 * limits::alternates_max; ++at) {
        const Peer peer = named(100U + at, static_cast<std::uint8_t>(200 + at), "crowd");
        connect(peer);
        receive(peer, spoiled(apple, 1000U + at));
    }
    CHECK(node->verifying() == 1 + limits::alternates_max);
}

TEST_CASE_FIXTURE(Ingesting, "a forged item alone ends its link and leaves no trace") {
    receive(bob, apple);
    CHECK(verified(apple, Fault::item_bad_signature) ==
          "refused bob item_bad_signature; end bob item_bad_signature");
    CHECK(store.presence(id(apple)) == Presence::unknown);
    CHECK(node->verifying() == 0);
    CHECK(receive(alice, apple) == "verify apple");  // the honest copy is still welcome
}

TEST_CASE_FIXTURE(Ingesting, "content against a kind's rules is refused and the link stays") {
    receive(bob, apple);
    CHECK(verified(apple, Fault::item_bad_content) == "refused bob item_bad_content");
    CHECK(linked(bob));
}

TEST_CASE_FIXTURE(Ingesting, "an answer about work that nobody asked for changes nothing") {
    CHECK(step(Verified{base::JobId{12345}, std::nullopt}) == "");
    receive(bob, apple);
    const base::JobId job = jobs[id(apple)].front();
    verified(apple);
    CHECK(step(Verified{job, std::nullopt}) == "");
}

TEST_CASE_FIXTURE(Ingesting, "an expired item is refused and the link stays") {
    now.wall = samples::noon + Seconds(3600);
    CHECK(receive(bob, apple) == "refused bob item_expired");
    CHECK(linked(bob));
}

TEST_CASE_FIXTURE(Ingesting, "an item from the future is refused and the link stays") {
    now.wall = samples::noon - Seconds(7201);
    CHECK(receive(bob, apple) == "refused bob item_from_future");
    CHECK(linked(bob));
    now.wall = samples::noon - Seconds(7200);
    CHECK(receive(bob, apple) == "verify apple");
}

TEST_CASE_FIXTURE(Ingesting, "an item that expires while it is verified is not stored") {
    receive(bob, apple);
    now.wall = samples::noon + Seconds(3600);
    CHECK(verified(apple) == "");
    CHECK(!holds(apple));
}

TEST_CASE_FIXTURE(Ingesting, "each malformation ends the link with its own fault") {
    const auto punished = [&](const Peer& peer, const item::Item& item, const std::string& fault) {
        CHECK(receive(peer, item) == "refused " + names.of(peer.link) + " " + fault + "; end " +
                                         names.of(peer.link) + " " + fault);
    };
    item::Item large = apple;
    large.payload.resize(limits::payload_bytes_max + 1);
    punished(alice, large, "item_too_large");
    item::Item cut = apple;
    cut.header.pop_back();
    punished(bob, cut, "item_malformed");
    Wish elsewhere;
    elsewhere.network = item::Network::main;
    punished(carol, samples::publication(elsewhere), "item_wrong_network");
    const Peer dave = named(4, 160, "dave");
    connect(dave);
    punished(dave,
             samples::with_header(
                 apple, [](auto& header) { header.set_expires(header.created() + 1296600); }),
             "item_too_long_lived");
}

TEST_CASE_FIXTURE(Ingesting,
                  "a bad item ends the reading of its frame, and what came before it counts") {
    item::Item cut = apple;
    cut.header.pop_back();
    const item::Item pear = named("pear", samples::publication({.slot = 2}));
    CHECK(receive(bob, {apple, cut, pear}) ==
          "verify apple; refused bob item_malformed; end bob item_malformed");
}

TEST_CASE_FIXTURE(Ingesting, "a late item does not spoil the others of its frame") {
    const item::Item old =
        samples::publication({.slot = 2, .created = samples::noon - Seconds(36000)});
    CHECK(receive(bob, {old, apple}) == "refused bob item_expired; verify apple");
}

TEST_CASE_FIXTURE(Ingesting, "who leaves before its forgery is found is kept out all the same") {
    receive(bob, apple);
    step(LinkDown{bob.link, std::nullopt});
    CHECK(verified(apple, Fault::item_bad_signature) == "refused bob item_bad_signature");
    CHECK(node->links().is_shunned(bob.key, now));
    const Peer again{base::LinkId{20}, bob.key};
    names.links[again.link] = "bob again";
    CHECK(up(again) == "end bob again");
}

TEST_CASE_FIXTURE(Ingesting, "who leaves and comes again before its forgery is found is put out") {
    receive(bob, apple);
    step(LinkDown{bob.link, std::nullopt});
    const Peer again{base::LinkId{20}, bob.key};
    names.links[again.link] = "bob again";
    connect(again);
    CHECK(verified(apple, Fault::item_bad_signature) ==
          "refused bob item_bad_signature; end bob again");
    CHECK(!linked(again));
}

TEST_CASE_FIXTURE(Ingesting, "a fault costs a peer its visits, too") {
    const Peer visit{base::LinkId{20}, bob.key};
    names.links[visit.link] = "bob's visit";
    up(visit);
    Hello passing = hello();
    passing.visit = true;
    hear(visit, passing);
    REQUIRE(linked(bob));
    REQUIRE(linked(visit));
    CHECK(hear(bob, Pong{1}) ==
          "refused bob frame_unexpected; end bob frame_unexpected; end bob's visit");
}

TEST_CASE_FIXTURE(Ingesting, "a link costs its peer one fault, however many of its items are bad") {
    step(AddPeer{bob.key, false});
    const item::Item pear = named("pear", samples::publication({.slot = 9}));
    const item::Item plum = named("plum", samples::publication({.slot = 10}));
    receive(bob, apple);
    receive(bob, pear);
    receive(bob, plum);
    step(LinkDown{bob.link, std::nullopt});
    for (const item::Item& bad : {apple, pear, plum}) verified(bad, Fault::item_bad_signature);
    CHECK(node->links().is_shunned(bob.key, now));
    CHECK(!node->discovery().is_banned(bob.key, now.wall));
}

// Bob comes for the time-th time, brings a forgery and goes before it is found out.
void bring_forgery(Ingesting& in, std::uint64_t time, std::optional<Fault> end) {
    const Peer again{base::LinkId{30 + time}, in.bob.key};
    in.names.links[again.link] = "bob again";
    in.connect(again);
    const item::Item pear =
        in.named("pear", samples::publication({.slot = std::uint8_t(9 + time)}));
    in.receive(again, pear);
    in.step(LinkDown{again.link, end});
    in.verified(pear, Fault::item_bad_signature);
    CHECK(in.node->links().is_shunned(in.bob.key, in.now));
}

TEST_CASE_FIXTURE(Ingesting, "a link that a fault ended costs its peer no second one") {
    step(AddPeer{bob.key, false});
    step(LinkDown{bob.link, std::nullopt});
    bring_forgery(*this, 0, Fault::frame_too_long);
    wait(limits::ban_wait);
    bring_forgery(*this, 1, Fault::frame_too_long);
    CHECK(!node->discovery().is_banned(bob.key, now.wall));
}

TEST_CASE_FIXTURE(Ingesting, "the third forgery whose bearer is gone bans as the third of any") {
    step(AddPeer{bob.key, false});
    for (std::uint64_t time = 0; time < 3; ++time) {
        if (time > 0) node->links().is_shunned(bob.key, now);
        bring_forgery(*this, time, std::nullopt);
        if (time < 2) wait(limits::ban_wait * (time + 1));
    }
    CHECK(node->discovery().is_banned(bob.key, now.wall));
}

TEST_CASE_FIXTURE(Ingesting, "a visitor without a name that is gone costs nobody anything") {
    publish(apple);
    const item::Item pear = named("pear", samples::publication({.slot = 2}));
    const base::LinkId visitor{1001};
    names.links[visitor] = "visitor";
    step(LinkUp{visitor, std::nullopt, false});
    frame(visitor, encode(hello()));
    frame(visitor, frame_of({pear}));
    step(LinkDown{visitor, std::nullopt});
    CHECK(verified(pear, Fault::item_bad_signature) == "refused visitor item_bad_signature");
}

TEST_CASE_FIXTURE(Ingesting, "other copies of what waits count to its places") {
    for (std::uint32_t at = 0; at < limits::verifying_items_max / 2; ++at)
        REQUIRE(receive(bob, samples::mail({.slot = at})).find("throttle") == std::string::npos);
    item::Item other = samples::mail({.slot = 0});
    other.nonce += 1;
    CHECK(receive(carol, other) == "throttle");
}

TEST_CASE_FIXTURE(Ingesting,
                  "links are throttled above half of the places and read again below a quarter") {
    std::vector<item::Item> items;
    std::string said;
    for (std::uint32_t at = 0; at <= limits::verifying_items_max / 2; ++at) {
        items.push_back(samples::mail({.slot = at}));
        said = receive(bob, items.back());
        if (at < limits::verifying_items_max / 2)
            REQUIRE(said.find("throttle") == std::string::npos);
    }
    CHECK(said == "throttle");
    std::size_t answered = 0;
    for (const item::Item& item : items) {
        ++answered;
        if (verified(item).find("unthrottle") != std::string::npos) break;
    }
    CHECK(node->verifying() == limits::verifying_items_max / 4 - 1);
    CHECK(answered == items.size() - node->verifying());
}

TEST_CASE_FIXTURE(Ingesting,
                  "an item that finds no place is dropped without blame and welcome later") {
    std::vector<item::Item> items;
    for (std::uint32_t at = 0; at < limits::verifying_items_max; ++at) {
        items.push_back(samples::mail({.slot = at}));
        receive(bob, items.back());
    }
    CHECK(node->verifying() == limits::verifying_items_max);
    CHECK(receive(bob, apple) == "");
    verified(items[0]);
    CHECK(receive(alice, apple) == "");  // it waits, next in turn
    CHECK(verified(items[1]).find("verify apple") != std::string::npos);
}

TEST_CASE_FIXTURE(Ingesting, "bytes in flight are bounded too") {
    const std::string large(limits::mail_payload_bytes.back(), 'x');
    std::uint32_t taken = 0;
    while (taken < limits::verifying_items_max) {
        receive(bob, samples::mail({.slot = taken, .payload = large}));
        if (node->verifying() == taken) break;
        ++taken;
    }
    CHECK(taken == limits::verifying_bytes_max / samples::mail({.payload = large}).size());
}

}  // namespace
}  // namespace hearsay::core
