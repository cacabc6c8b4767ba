// links/links.hpp: who is connected, who is dialled, who stays; rule by rule.
#include "base/limits/links.hpp"

#include <doctest/doctest.h>

#include "fixture.hpp"

namespace hearsay::core {
namespace {

struct Linking : Fixture {
    std::string ready() { return step(NetworkReady{true}); }
    std::string add(const Peer& peer) { return step(AddPeer{peer.key, true}); }
    std::string fail_dial(const Peer& peer) {
        return step(DialFailed{peer.key, std::nullopt, "no answer"});
    }
    std::string down(const Peer& peer, std::optional<Fault> fault = std::nullopt) {
        return step(LinkDown{peer.link, fault});
    }
    void redial(const Peer& peer) {
        for (int waits = 0; waits < 1000 && !node->discovery().dialling(peer.key); ++waits)
            wait(Millis(1000));
    }
    base::MonoTime deadline() const { return node->next_deadline(); }
    // A second link between the same two, as the other side's number tells them apart.
    Peer second_link(const Peer& peer) {
        return {base::LinkId{1000 + static_cast<std::uint64_t>(peer.link)}, peer.key};
    }
    const PeerState& state(const Peer& peer) const {
        return node->discovery().peers().at(peer.key);
    }
};

// ---- rule 1: Hello
TEST_CASE_FIXTURE(Linking, "a new link is greeted at once") {
    CHECK(up(bob) == "tell bob hello");
}

TEST_CASE_FIXTURE(Linking, "our Hello says protocol, network and the minute, not the second") {
    now.wall = samples::noon + Seconds(119);
    up(bob);
    const auto hello = std::get<Hello>(*parse(*std::get<Send>(last.front()).frame));
    CHECK(hello.oldest == 1);
    CHECK(hello.network == 3);
    CHECK(hello.time == samples::noon + Seconds(60));
}

TEST_CASE_FIXTURE(Linking, "anything before Hello is out of turn") {
    up(bob);
    CHECK(hear(bob, Ping{1}) == "refused bob frame_unexpected; end bob frame_unexpected");
    up(carol);
    CHECK(receive(carol, samples::publication()) ==
          "refused carol frame_unexpected; end carol frame_unexpected");
}

TEST_CASE_FIXTURE(Linking, "a second Hello is out of turn") {
    connect(bob);
    CHECK(greet(bob) == "refused bob frame_unexpected; end bob frame_unexpected");
}

TEST_CASE_FIXTURE(Linking, "another protocol or network ends the link but is no crime") {
    up(bob);
    Hello other = hello();
    other.oldest = 2;
    CHECK(hear(bob, other) == "refused bob wrong_protocol; end bob wrong_protocol");
    CHECK(!node->links().is_shunned(bob.key, now));
    up(carol);
    other = hello();
    other.network = 1;
    CHECK(hear(carol, other) == "refused carol wrong_protocol; end carol wrong_protocol");
}

TEST_CASE_FIXTURE(Linking,
                  "whoever speaks our version among others is welcome, whatever else it speaks") {
    up(bob);
    Hello later = hello();
    later.newest = 7;
    later.features = {1, 2, 4'000'000'000};
    CHECK(hear(bob, later).find("refused") == std::string::npos);
    CHECK(node->links().find(bob.link)->stands());
    up(carol);
    later.oldest = 2;  // it gave ours up
    CHECK(hear(carol, later) == "refused carol wrong_protocol; end carol wrong_protocol");
    CHECK(!node->links().is_shunned(carol.key, now));
}

TEST_CASE_FIXTURE(Linking, "a link without a Hello within hello_wait is silent") {
    up(bob);
    CHECK(deadline() <= now.mono + limits::hello_wait);
    CHECK(wait(limits::hello_wait - Millis(1)) == "sweep");
    CHECK(deadline() == now.mono + Millis(1));
    CHECK(wait(Millis(1)) == "refused bob silent; end bob silent");
}

TEST_CASE_FIXTURE(Linking, "a frame that does not parse ends the link with the parser's fault") {
    connect(bob);
    const auto nonsense = std::make_shared<const base::Bytes>(base::Bytes{0xff, 0xff});
    CHECK(frame(bob.link, nonsense) == "refused bob frame_malformed; end bob frame_malformed");
    CHECK(frame(bob.link, nonsense) == "");  // what was still on its way does not matter
}

// ---- rule 2: one link per pair
TEST_CASE_FIXTURE(Linking, "a link to oneself is refused") {
    const Peer mirror = named(9, self, "mirror");
    CHECK(up(mirror) == "end mirror");
    CHECK(add(mirror) == "");
    CHECK(node->discovery().peers().empty());
}

TEST_CASE_FIXTURE(Linking, "our own key among the restored peers is never dialled") {
    restart({pinned_peer(peer_key(self))});
    CHECK(ready() == "");
}

TEST_CASE_FIXTURE(Linking, "of two links dialled by the same side the newer stays") {
    connect(bob);
    const Peer again = second_link(bob);
    names.links[again.link] = "again";
    CHECK(up(again) == "tell again hello");
    CHECK(greet(again).starts_with("end bob"));
    CHECK(linked(again));
}

TEST_CASE(
    "when both dialled, both sides keep the link that the smaller key dialled, in all orders") {
    for (const bool near_first : {true, false})
        for (const bool far_first : {true, false}) {
            Fixture near;  // key 50, link 1 dialled by us
            Fixture far;   // key 100, link 2 dialled by it
            NodeOptions options = far.options();
            options.self = peer_key(100);
            far.node = std::make_unique<Node>(options);
            const auto arrive = [](Fixture& side, bool first_first, std::uint8_t other,
                                   bool dialled_first) {
                side.step(NetworkReady{true});
                side.step(AddPeer{peer_key(other), true});
                const Peer one{base::LinkId{1}, peer_key(other)};
                const Peer two{base::LinkId{2}, peer_key(other)};
                for (const bool first : {first_first, !first_first})
                    side.up(first ? one : two, first == dialled_first);
                for (const bool first : {first_first, !first_first})
                    if (side.linked(first ? one : two)) side.greet(first ? one : two);
            };
            arrive(near, near_first, 100, true);
            arrive(far, far_first, 50, false);
            CAPTURE(near_first);
            CAPTURE(far_first);
            CHECK(near.node->links().link_of(peer_key(100)) == base::LinkId{1});
            CHECK(far.node->links().link_of(peer_key(50)) == base::LinkId{1});
            CHECK(near.node->links().all().size() == 1);
            CHECK(far.node->links().all().size() == 1);
        }
}

TEST_CASE_FIXTURE(Linking, "the end of a settled duplicate does not touch the link that stayed") {
    add(alice);
    ready();
    connect(alice, false);  // alice's key is smaller: hers stays
    const Peer ours = second_link(alice);
    names.links[ours.link] = "ours";
    CHECK(up(ours, true) == "tell ours hello");
    CHECK(greet(ours) == "end ours");
    CHECK(down(ours) == "");
    CHECK(linked(alice));
}

// ---- rule 3: links that pass
struct Anonymous : Linking {
    Peer ghost = named(66, 0, "ghost");
    Anonymous() {
        step(LinkUp{ghost.link, std::nullopt, false});
        greet(ghost);
    }
};

TEST_CASE_FIXTURE(Anonymous, "an anonymous link hands over items that everyone hears but itself") {
    connect(bob);
    const item::Item apple = named("apple", samples::publication());
    CHECK(receive(ghost, apple) == "verify apple");
    CHECK(verified(apple) == "store apple; stored apple; tell bob items apple");
    const item::Item pear = named("pear", samples::publication({.slot = 2}));
    receive(bob, pear);
    CHECK(verified(pear) == "store pear; stored pear");
}

TEST_CASE_FIXTURE(Anonymous, "an anonymous link is neither listed to nor asked") {
    CHECK(hear(ghost, Have{1, {}, true}) ==
          "refused ghost frame_unexpected; end ghost frame_unexpected");
}

TEST_CASE_FIXTURE(Anonymous, "an anonymous link hands over at most a few items") {
    for (std::uint32_t at = 0; at < limits::items_per_passing_link_max; ++at)
        CHECK(receive(ghost, samples::mail({.slot = at})) == "verify ?");
    CHECK(receive(ghost, samples::mail({.slot = 99})) ==
          "refused ghost too_many_requests; end ghost too_many_requests");
}

TEST_CASE_FIXTURE(Anonymous, "an anonymous link is ended after its stay, whatever it says") {
    now.mono += limits::passing_stay - Millis(1);
    CHECK(hear(ghost, Ping{5}) == "tell ghost pong 5");
    CHECK(wait(Millis(1)) == "end ghost; sweep");
}

// ---- rule 4: bans
TEST_CASE_FIXTURE(Linking,
                  "a peer that broke the rules is neither let in nor dialled for ban_wait") {
    add(bob);
    connect(bob);
    hear(bob, Pong{1});
    CHECK(node->links().is_shunned(bob.key, now));
    CHECK(up(second_link(bob)).starts_with("end"));
    CHECK(ready() == "");
    CHECK(wait(limits::ban_wait - Millis(1)) == "sweep");
    CHECK(wait(Millis(1)) == "dial bob");
}

TEST_CASE_FIXTURE(Linking, "a fault that the door found on a link counts the same") {
    connect(bob);
    CHECK(down(bob, Fault::frame_too_long) == "refused bob frame_too_long");
    CHECK(node->links().is_shunned(bob.key, now));
    connect(carol);
    down(carol, Fault::frame_truncated);
    CHECK(!node->links().is_shunned(carol.key, now));
}

TEST_CASE_FIXTURE(Linking, "another's key at a peer's address does not ban that peer") {
    add(bob);
    ready();
    CHECK(step(DialFailed{bob.key, Fault::wrong_key, "another key"}) == "refused wrong_key");
    CHECK(!node->links().is_shunned(bob.key, now));
    CHECK(state(bob).last_error == "another key");
}

TEST_CASE_FIXTURE(Linking, "the user's word lifts a ban") {
    connect(bob);
    hear(bob, Pong{1});
    ready();
    CHECK(add(bob) == "keep bob; dial bob");
}

// ---- rule 5: dialling
TEST_CASE_FIXTURE(Linking, "nobody is dialled before the network is ready") {
    CHECK(add(bob) == "keep bob");
    CHECK(wait(Millis(60'000)) == "sweep");
    CHECK(ready() == "dial bob");
}

TEST_CASE_FIXTURE(Linking, "a restored peer is dialled when the network is ready, and once") {
    restart({pinned_peer(bob.key)});
    CHECK(ready() == "dial bob");
    CHECK(wait(Millis(1000)) == "sweep");
}

TEST_CASE_FIXTURE(Linking, "a connected peer is not dialled") {
    connect(bob);
    ready();
    CHECK(add(bob) == "keep bob");
}

TEST_CASE_FIXTURE(Linking, "at most outbound_links_max are dialled or linked outbound") {
    ready();
    std::size_t dialled = 0;
    for (std::uint8_t at = 0; at < 2 * limits::degree_default; ++at)
        dialled +=
            add(named(100U + at, static_cast<std::uint8_t>(60 + at), "peer")).ends_with("dial peer")
                ? 1
                : 0;
    CHECK(dialled == limits::degree_default);
    CHECK(up(named(100, 60, "peer"), true) == "tell peer hello");
    step(DialFailed{peer_key(61), std::nullopt, "no"});
    CHECK(Trace(names)(last) == "dial peer");  // the place of the one that failed goes to another
}

TEST_CASE_FIXTURE(Linking,
                  "a peer that does not answer is dialled again, later and later, with jitter, up "
                  "to redial_most") {
    ready();
    add(bob);
    Millis wanted = limits::redial_first;
    for (int failure = 0; failure < 15; ++failure) {
        fail_dial(bob);
        const Millis pause = state(bob).next_try - now.mono;
        CAPTURE(failure);
        CHECK(pause >= wanted / 2);
        CHECK(pause <= wanted);
        REQUIRE(wait(pause - Millis(1)).find("dial") == std::string::npos);
        REQUIRE(wait(Millis(1)).find("dial bob") != std::string::npos);
        // The second wait comes redial_steady times more.
        const bool steady = failure >= 1 && failure < 1 + int{limits::redial_steady};
        if (!steady) wanted = std::min(2 * wanted, Millis(limits::redial_most));
    }
    CHECK(wanted == limits::redial_most);
}

TEST_CASE_FIXTURE(Linking, "each try has more patience than the last, up to dial_wait") {
    ready();
    add(bob);
    Millis wanted = limits::dial_wait_first;
    for (int tries = 0; tries < 6; ++tries) {
        redial(bob);
        Millis patience{0};
        for (const Effect& effect : last)
            if (const auto* dial = std::get_if<Dial>(&effect)) patience = dial->patience;
        CHECK(patience == wanted);
        wanted = std::min(2 * wanted, Millis(limits::dial_wait));
        fail_dial(bob);
    }
}

TEST_CASE_FIXTURE(Linking, "a link that lasted forgives earlier failures") {
    ready();
    add(bob);
    fail_dial(bob);
    redial(bob);
    fail_dial(bob);
    CHECK(state(bob).failures == 2);
    connect(bob, true);
    CHECK(store.peers.at(bob.key).last_seen == now.wall);
    wait(limits::lasting_link);
    down(bob);
    CHECK(state(bob).failures == 1);
    CHECK(state(bob).next_try <= now.mono + limits::redial_first);
}

TEST_CASE_FIXTURE(Linking, "a peer that greets and goes is dialled later and later") {
    ready();
    add(bob);
    fail_dial(bob);
    redial(bob);
    fail_dial(bob);
    connect(bob, true);
    wait(limits::lasting_link - Millis(1));
    down(bob);
    CHECK(state(bob).failures == 3);
    CHECK(state(bob).next_try >= now.mono + limits::redial_first);
}

TEST_CASE_FIXTURE(
    Linking, "a link that comes long after the first of its pair replaces it, whoever dialled") {
    ready();
    for (const Peer& peer : {alice, bob}) {  // a key below ours and one above
        add(peer);
        connect(peer, true);
        wait(limits::crossing_dials_max);
        const Peer later = second_link(peer);
        connect(later);
        CHECK(node->links().link_of(peer.key) == later.link);
        CHECK(!linked(peer));
    }
}

TEST_CASE_FIXTURE(Linking, "a link that ends before its Hello counts as a failure") {
    ready();
    add(bob);
    up(bob, true);
    down(bob);
    CHECK(state(bob).failures == 1);
    CHECK(state(bob).next_try >= now.mono + limits::redial_first / 2);
}

TEST_CASE_FIXTURE(Linking, "a network that comes back makes a fresh start") {
    ready();
    add(bob);
    for (int failure = 0; failure < 10; ++failure) fail_dial(bob);
    step(NetworkReady{false});
    CHECK(wait(limits::redial_most) == "sweep");
    CHECK(ready() == "dial bob");
}

TEST_CASE_FIXTURE(Linking, "a removed peer is dropped, disconnected and not dialled again") {
    ready();
    add(bob);
    connect(bob, true);
    CHECK(step(RemovePeer{bob.key}) == "drop bob; end bob");
    CHECK(wait(limits::redial_most) == "sweep");
    CHECK(store.peers.empty());
    CHECK(step(RemovePeer{bob.key}) == "");
}

TEST_CASE_FIXTURE(Linking,
                  "a peer removed while it was dialled is not kept when the dial succeeds") {
    ready();
    add(bob);
    step(RemovePeer{bob.key});
    CHECK(up(bob, true) == "end bob");
    CHECK(!linked(bob));
}

TEST_CASE_FIXTURE(Linking, "known peers have a maximum") {
    for (std::uint32_t at = 0; at < limits::known_peers_max + 5; ++at)
        step(AddPeer{samples::numbered<base::PeerId>(at), true});
    CHECK(node->discovery().peers().size() == limits::known_peers_max);
    CHECK(store.peers.size() == limits::known_peers_max);
}

// ---- rule 6: pings
TEST_CASE_FIXTURE(Linking, "an idle link is pinged, and a pong keeps it") {
    connect(bob);
    CHECK(wait(limits::ping_interval - Millis(1)) == "sweep");
    CHECK(deadline() == now.mono + Millis(1));
    REQUIRE(wait(Millis(1)) == "tell bob ping");
    const auto ping = std::get<Ping>(*parse(*std::get<Send>(last.front()).frame));
    CHECK(hear(bob, Pong{ping.nonce}) == "");
    CHECK(wait(limits::pong_wait) == "sweep");
    CHECK(linked(bob));
}

TEST_CASE_FIXTURE(Linking, "no pong within pong_wait is silence, which is no crime") {
    connect(bob);
    wait(limits::ping_interval);
    wait(limits::pong_wait - Millis(1));
    CHECK(linked(bob));
    CHECK(wait(Millis(1)).find("refused bob silent; end bob silent") != std::string::npos);
    CHECK(!node->links().is_shunned(bob.key, now));
}

TEST_CASE_FIXTURE(Linking, "a link that talks is not pinged") {
    connect(bob);
    for (int minute = 0; minute < 5; ++minute) {
        CHECK(wait(Millis(60'000)).find("ping") == std::string::npos);
        CHECK(hear(bob, Ping{7}) == "tell bob pong 7");
    }
}

TEST_CASE_FIXTURE(Linking, "a pong that answers nothing or another ping is out of turn") {
    connect(bob);
    CHECK(hear(bob, Pong{0}) == "refused bob frame_unexpected; end bob frame_unexpected");
    connect(carol);
    wait(limits::ping_interval);
    const auto ping = std::get<Ping>(*parse(*std::get<Send>(last.front()).frame));
    CHECK(hear(carol, Pong{ping.nonce + 1}) ==
          "refused carol frame_unexpected; end carol frame_unexpected");
}

// ---- clocks
TEST_CASE_FIXTURE(
    Linking, "peers' clocks make a median once three are known, and no hostile one breaks it") {
    const auto greet_at = [&](const Peer& peer, base::WallTime time) {
        up(peer);
        Hello other = hello();
        other.time = time;
        hear(peer, other);
    };
    greet_at(alice, now.wall + Seconds(300));
    greet_at(bob, base::from_unix_seconds(static_cast<std::int64_t>(limits::unix_seconds_max)));
    CHECK(!node->links().clock_offset());
    greet_at(carol, now.wall - Seconds(60));
    CHECK(node->links().clock_offset() == Seconds(300));
}

}  // namespace
}  // namespace hearsay::core
