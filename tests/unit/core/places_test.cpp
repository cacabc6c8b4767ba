// links/links.hpp, rule 5: who finds a place when many come.
#include <doctest/doctest.h>

#include "base/limits/links.hpp"
#include "fixture.hpp"

namespace hearsay::core {
namespace {

struct Crowded : Fixture {
    static constexpr std::size_t most = limits::max_connections_default - limits::degree_default;
    static constexpr std::size_t strangers = most - limits::inbound_reserved;
    Peer guest(std::uint32_t number) {
        const Peer peer{base::LinkId{100U + number},
                        samples::numbered<base::PeerId>(5000 + number)};
        names.links[peer.link] = "guest" + std::to_string(number);
        return peer;
    }
    // Nobody's news or pings tell them apart; who came first is protected by age.
    void fill() {
        for (std::uint32_t at = 0; at < strangers; ++at) {
            connect(guest(at));
            now.mono += Millis(1);
        }
        REQUIRE(node->links().count(false) == strangers);
    }
};

TEST_CASE_FIXTURE(
    Crowded,
    "strangers have most of the inbound places; one more costs the youngest unprotected its own") {
    fill();
    const Peer late = guest(900);
    CHECK(up(late) == "tell guest900 hello");
    const std::string said = greet(late);
    CHECK(said.starts_with("end guest"));
    CHECK(linked(late));
    CHECK(node->links().count(false) == strangers);
    for (std::uint32_t at = 0; at < 10; ++at) CHECK(linked(guest(at)));
}

TEST_CASE_FIXTURE(Crowded,
                  "the reserved places are for pinned peers and for those whom we dialled before") {
    KnownPeer proved;
    proved.peer = bob.key;
    proved.first_proved = now.wall;
    restart({proved, pinned_peer(carol.key)});
    fill();
    CHECK(greet((up(bob), bob)).find("end guest") == std::string::npos);
    CHECK(greet((up(carol), carol)).find("end guest") == std::string::npos);
    CHECK(node->links().count(false) == strangers + 2);
}

TEST_CASE_FIXTURE(Crowded, "a pinned peer always finds a place, and never loses it") {
    std::vector<KnownPeer> known{pinned_peer(carol.key)};
    for (std::uint32_t at = 0; at < 2 * most; ++at) {
        known.emplace_back();
        known.back().peer = guest(at).key;
        known.back().first_proved = now.wall;
    }
    restart(known);
    for (std::uint32_t at = 0; at < strangers; ++at) connect(guest(at));
    for (std::uint32_t at = 0; at < limits::inbound_reserved; ++at) connect(guest(5000 + at));
    CHECK(node->links().count(false) == most);
    connect(carol);
    CHECK(linked(carol));
    for (std::uint32_t at = strangers; at < 2 * most; ++at) connect(guest(at));
    CHECK(linked(carol));
    CHECK(node->links().count(false) == most);
}

TEST_CASE_FIXTURE(
    Crowded,
    "no stranger takes the place of a proved peer, and either kind leaves room for the other") {
    std::vector<KnownPeer> known;
    for (std::uint32_t at = 0; at < most; ++at) {
        known.emplace_back();
        known.back().peer = guest(at).key;
        known.back().first_proved = now.wall;
    }
    restart(known);
    for (std::uint32_t at = 0; at < most; ++at) connect(guest(at));
    const auto proved = [&] {
        std::size_t out = 0;
        for (std::uint32_t at = 0; at < most; ++at) out += linked(guest(at)) ? 1 : 0;
        return out;
    };
    CHECK(proved() == most - limits::inbound_reserved);
    for (std::uint32_t at = 0; at < 3 * limits::inbound_reserved; ++at) {
        connect(guest(1000 + at));
        CHECK(linked(guest(1000 + at)) == (at < limits::inbound_reserved));
    }
    CHECK(proved() == most - limits::inbound_reserved);
    CHECK(node->links().count(false) == most);
}

TEST_CASE_FIXTURE(
    Crowded,
    "of inbound links without a Hello the oldest goes for one too many, pinned peers aside") {
    restart({pinned_peer(bob.key)});
    up(bob);
    for (std::uint32_t at = 1; at < limits::ungreeted_links_max; ++at) {
        now.mono += Millis(1);
        REQUIRE(up(guest(at)).starts_with("tell"));
    }
    CHECK(up(guest(900)) == "end guest1; tell guest900 hello");
    CHECK(up(guest(901)) == "end guest2; tell guest901 hello");
    CHECK(linked(bob));
    greet(guest(900));
    CHECK(linked(guest(900)));
    step(NetworkReady{true});
    step(AddPeer{carol.key, true});
    CHECK(up(carol, true) == "tell carol hello");  // outbound ones are ours to choose
}

struct Passing : Crowded {
    void visit(const Peer& peer) {
        up(peer);
        Hello visiting = hello();
        visiting.visit = true;
        hear(peer, visiting);
    }
    void come_unnamed(const Peer& peer) {
        step(LinkUp{peer.link, std::nullopt, false});
        greet(peer);
    }
};

TEST_CASE_FIXTURE(
    Passing,
    "who asks and who hands something over have places apart, and the oldest of a kind goes") {
    for (std::uint32_t at = 0; at < limits::passing_links_max; ++at) {
        now.mono += Millis(1);
        visit(guest(at));
        come_unnamed(guest(1000 + at));
    }
    CHECK(linked(guest(0)));
    CHECK(linked(guest(1000)));
    visit(guest(900));
    CHECK(!linked(guest(0)));
    CHECK(linked(guest(1000)));
    come_unnamed(guest(1900));
    CHECK(!linked(guest(1000)));
    CHECK(linked(guest(1)));
    CHECK(linked(guest(900)));
    CHECK(linked(guest(1900)));
    connect(bob);
    CHECK(linked(bob));
}

TEST_CASE_FIXTURE(Passing, "among fifty hostile visitors a second everybody who comes is heard") {
    std::uint32_t number = 0;
    for (int tenths = 0; tenths < 100; ++tenths) {
        for (int i = 0; i < 5; ++i) {
            visit(guest(++number));
            come_unnamed(guest(++number));
        }
        now.mono += Millis(100);
        step(TimerFired{});
        const Peer asker = guest(++number);
        visit(asker);
        REQUIRE(hear(asker, Find{1, {}}).find("contacts") != std::string::npos);
        const Peer injector = guest(++number);
        come_unnamed(injector);
        REQUIRE(receive(injector, samples::mail({.slot = number})).starts_with("verify"));
    }
}

}  // namespace
}  // namespace hearsay::core
