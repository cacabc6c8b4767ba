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
        const Peer peer{base::LinkId{100U + number}, samples::numbered<base::PeerId>(5000 + number)};
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

TEST_CASE_FIXTURE(Crowded,
                  "strangers have most of the inbound places; one more costs the youngest unprotected his") {
    fill();
    const Peer late = guest(900);
    CHECK(up(late) == "tell guest900 hello");
    const std::string said = greet(late);
    CHECK(said.starts_with("end guest"));
    CHECK(linked(late));
    CHECK(node->links().count(false) == strangers);
    for (std::uint32_t at = 0; at < 10; ++at) CHECK(linked(guest(at)));
}

TEST_CASE_FIXTURE(Crowded, "the reserved places are for friends and for those whom we dialled before") {
    KnownPeer proved;
    proved.peer = bob.key;
    proved.first_proved = now.wall;
    restart({proved, friend_of(carol.key)});
    fill();
    CHECK(greet((up(bob), bob)).find("end guest") == std::string::npos);
    CHECK(greet((up(carol), carol)).find("end guest") == std::string::npos);
    CHECK(node->links().count(false) == strangers + 2);
}

TEST_CASE_FIXTURE(Crowded, "a friend always finds a place, and never loses it") {
    std::vector<KnownPeer> known{friend_of(carol.key)};
    for (std::uint32_t at = 0; at < 2 * most; ++at) {
        known.emplace_back();
        known.back().peer = guest(at).key;
        known.back().first_proved = now.wall;
    }
    restart(known);
    for (std::uint32_t at = 0; at < most; ++at) connect(guest(at));
    CHECK(node->links().count(false) == most);
    connect(carol);
    CHECK(linked(carol));
    for (std::uint32_t at = most; at < 2 * most; ++at) connect(guest(at));
    CHECK(linked(carol));
    CHECK(node->links().count(false) == most);
}

TEST_CASE_FIXTURE(Crowded, "inbound links without a Hello have a maximum") {
    for (std::uint32_t at = 0; at < limits::ungreeted_links_max; ++at) REQUIRE(up(guest(at)) != "");
    CHECK(up(guest(900)) == "end guest900");
    step(NetworkReady{true});
    step(AddPeer{bob.key, true});
    CHECK(up(bob, true) == "tell bob hello");  // outbound ones are ours to choose
}

TEST_CASE_FIXTURE(Fixture, "passing links have a maximum of their own") {
    for (std::uint64_t at = 0; at < limits::passing_links_max; ++at) {
        const base::LinkId ghost{100 + at};
        step(LinkUp{ghost, std::nullopt, false});
        frame(ghost, encode(hello()));
        CHECK(node->links().find(ghost));
    }
    const base::LinkId late{99};
    step(LinkUp{late, std::nullopt, false});
    CHECK(frame(late, encode(hello())) == "end link99");
    connect(bob);
    CHECK(linked(bob));
}

}  // namespace
}  // namespace hearsay::core
