// discovery/discovery.hpp: what others may ask and tell, what the user says,
// and the limits of it all.
#include <doctest/doctest.h>

#include "base/limits/discovery.hpp"
#include "base/limits/links.hpp"
#include "discovering.hpp"

namespace hearsay::core {
namespace {

// ---- questions from others
TEST_CASE_FIXTURE(Discovering, "who asks is told the nearest contacts, and not of itself") {
    restart({proved(stranger(1)), proved(stranger(2)), proved(bob.key)});
    names.peers[stranger(1)] = "one";
    connect(bob);
    CHECK(hear(bob, Find{7, node_id_of(stranger(1))}).starts_with("tell bob contacts: one"));
    const auto answer = std::get<Contacts>(*parse(*std::get<Send>(last.front()).frame));
    CHECK(answer.number == 7);
    CHECK(answer.peers.size() == 2);
}

TEST_CASE_FIXTURE(Discovering, "an answer holds at most twenty contacts") {
    std::vector<KnownPeer> known;
    for (std::uint32_t at = 0; at < 200; ++at) known.push_back(proved(stranger(at)));
    restart(known);
    connect(bob);
    hear(bob, Find{1, node_id_of(stranger(500))});
    const auto answer = std::get<Contacts>(*parse(*std::get<Send>(last.front()).frame));
    CHECK(answer.peers.size() == limits::contacts_per_answer_max);
}

TEST_CASE_FIXTURE(Discovering, "candidates are told to nobody") {
    ready();
    connect(bob);
    connect(carol);
    REQUIRE(has_candidate(bob.key));
    CHECK(hear(carol, Find{1, node_id_of(bob.key)}) == "tell carol contacts:");
}

TEST_CASE_FIXTURE(Discovering, "an anonymous visitor may ask, too") {
    restart({proved(stranger(1))});
    const base::LinkId ghost{66};
    step(LinkUp{ghost, std::nullopt, false});
    frame(ghost, encode(hello()));
    CHECK(frame(ghost, encode(Find{1, node_id_of(stranger(1))}))
              .starts_with("tell link66 contacts:"));
}

TEST_CASE_FIXTURE(Discovering, "more questions than find_burst at once are too many") {
    connect(bob);
    for (std::int64_t at = 0; at < limits::find_burst; ++at)
        REQUIRE(hear(bob, Find{static_cast<std::uint32_t>(at), {}}) == "tell bob contacts:");
    CHECK(hear(bob, Find{99, {}}) == "refused bob too_many_requests; end bob too_many_requests");
}

TEST_CASE_FIXTURE(Discovering, "one more question is granted each find_every") {
    connect(bob);
    for (std::int64_t at = 0; at < limits::find_burst; ++at) hear(bob, Find{1, {}});
    wait(limits::find_every);
    CHECK(hear(bob, Find{1, {}}) == "tell bob contacts:");
    CHECK(hear(bob, Find{1, {}}).find("too_many_requests") != std::string::npos);
}

TEST_CASE_FIXTURE(Discovering,
                  "contacts that nobody asked for are not listened to, and cost nothing") {
    ready();
    connect(bob);
    CHECK(hear(bob, Contacts{1, {stranger(1)}}) == "");
    CHECK(hear(bob, Contacts{4'000'000'000, {stranger(2)}}) == "");
    CHECK(!has_candidate(stranger(1)));
    CHECK(!has_candidate(stranger(2)));
    CHECK(linked(bob));
}

TEST_CASE_FIXTURE(Discovering,
                  "we ourselves and banned peers are no candidates, whoever names us") {
    settings.bootstrappers = {bob.key};
    restart();
    step(BanPeer{stranger(3), Seconds(1000), "liar"});
    ready();
    const Peer at = answer_dial(bob.key);
    const auto asked = question(at.link);
    REQUIRE(asked);
    hear(at, Contacts{asked->number, {peer_key(self), stranger(3), bob.key}});
    CHECK(store.candidates.empty());
}

// ---- visits beside links
TEST_CASE_FIXTURE(
    Discovering,
    "a visitor is neither flooded to nor compared with, and stands beside a link of its pair") {
    connect(bob);
    const Peer visitor = {base::LinkId{500}, bob.key};
    names.links[visitor.link] = "visitor";
    step(LinkUp{visitor.link, visitor.key, false});
    Hello visiting = hello();
    visiting.visit = true;
    hear(visitor, visiting);
    CHECK(linked(bob));
    CHECK(linked(visitor));
    const item::Item apple = named("apple", samples::publication());
    connect(carol);
    receive(carol, apple);
    CHECK(verified(apple).find("visitor") == std::string::npos);
    CHECK(hear(visitor, Compare{{}, {}, 0}) ==
          "refused visitor frame_unexpected; end visitor frame_unexpected; end bob");
}

TEST_CASE_FIXTURE(
    Discovering,
    "a visitor's contacts are not listened to, whatever number they have, and cost nothing") {
    ready();
    connect(bob, true);
    const auto asked = question(bob.link);
    REQUIRE(asked);
    const Peer ghost = named(501, 0, "ghost");
    step(LinkUp{ghost.link, std::nullopt, false});
    greet(ghost);
    const Peer visitor = {base::LinkId{500}, carol.key};
    names.links[visitor.link] = "visitor";
    up(visitor);
    Hello visiting = hello();
    visiting.visit = true;
    hear(visitor, visiting);
    for (const Peer& from : {ghost, visitor}) {
        CHECK(hear(from, Contacts{asked->number, {stranger(1)}}) == "");
        CHECK(!has_candidate(stranger(1)));
        CHECK(linked(from));
    }
}

TEST_CASE_FIXTURE(Discovering, "however many come by themselves, few are written to the disk") {
    settings.discover = true;
    restart();
    std::size_t kept = 0;
    const auto come = [&](std::uint32_t number) {
        const Peer peer{base::LinkId{5000 + number}, stranger(number)};
        names.links[peer.link] = "newcomer";
        up(peer);
        greet(peer);
        for (const Effect& effect : last)
            kept += std::holds_alternative<KeepCandidate>(effect) ? 1 : 0;
        step(LinkDown{peer.link, std::nullopt});
    };
    for (std::uint32_t number = 0; number < 500; ++number) come(number);
    CHECK(kept == static_cast<std::size_t>(limits::newcomers_burst));
    now.mono += limits::find_every;
    for (std::uint32_t number = 500; number < 510; ++number) come(number);
    CHECK(kept == static_cast<std::size_t>(limits::newcomers_burst) + 1);
}

TEST_CASE_FIXTURE(Discovering,
                  "a proved peer that comes again and again is written to the disk now and then") {
    restart({proved(bob.key)});
    std::size_t kept = 0;
    for (int times = 0; times < 100; ++times) {
        up(bob);
        greet(bob);
        for (const Effect& effect : last) kept += std::holds_alternative<KeepPeer>(effect) ? 1 : 0;
        step(LinkDown{bob.link, std::nullopt});
        now.wall += Seconds(12);
    }
    CHECK(kept == 2);  // twenty minutes
}

TEST_CASE_FIXTURE(Discovering, "a visit is over after passing_stay, whatever it says") {
    const Peer visitor = {base::LinkId{500}, bob.key};
    names.links[visitor.link] = "visitor";
    step(LinkUp{visitor.link, visitor.key, false});
    Hello visiting = hello();
    visiting.visit = true;
    hear(visitor, visiting);
    CHECK(wait(limits::passing_stay).find("end visitor") != std::string::npos);
}

// ---- discover off
TEST_CASE_FIXTURE(Fixture, "with discover off nobody is asked, and nobody told of anybody") {
    REQUIRE(!settings.discover);
    KnownPeer known = pinned_peer(carol.key);
    known.first_proved = now.wall;
    restart({known});
    step(NetworkReady{true});
    CHECK(up(bob) == "tell bob hello");
    CHECK(greet(bob).find("find") == std::string::npos);
    CHECK(node->discovery().candidates().size() == 0);
    CHECK(hear(bob, Find{1, node_id_of(carol.key)}) == "tell bob contacts:");
}

// ---- the user's words
TEST_CASE_FIXTURE(Discovering,
                  "a ban ends the link, is kept with its reason, and holds for its time") {
    ready();
    connect(bob);
    const std::string said = step(BanPeer{bob.key, Seconds(3600), "spams"});
    CHECK(said.find("keep bob") != std::string::npos);
    CHECK(said.find("end bob") != std::string::npos);
    CHECK(store.peers.at(bob.key).ban_reason == "spams");
    CHECK(up({base::LinkId{600}, bob.key}) == "end link600");
    restart({store.peers.at(bob.key)});
    CHECK(up({base::LinkId{601}, bob.key}) == "end link601");
    now.wall += Seconds(3600);
    CHECK(up({base::LinkId{602}, bob.key}) == "tell link602 hello");
}

TEST_CASE_FIXTURE(Discovering, "a banned contact is in no bucket, and after a restart in none") {
    restart({proved(bob.key), proved(carol.key)});
    REQUIRE(knows(bob.key));
    step(BanPeer{bob.key, Seconds(3600), "spams"});
    CHECK(!knows(bob.key));
    restart({store.peers.at(bob.key), proved(carol.key)});
    CHECK(!knows(bob.key));
    CHECK(knows(carol.key));
}

TEST_CASE_FIXTURE(Discovering, "an unbanned peer is welcome at once") {
    step(BanPeer{bob.key, Seconds(3600), ""});
    step(UnbanPeer{bob.key});
    CHECK(up(bob) == "tell bob hello");
}

TEST_CASE_FIXTURE(Discovering, "a ban has a longest time, and a reason a longest text") {
    step(BanPeer{bob.key, Seconds(INT64_MAX), std::string(100'000, 'x')});
    CHECK(store.peers.at(bob.key).banned_until == now.wall + limits::ban_most);
    CHECK(store.peers.at(bob.key).ban_reason.size() == limits::ban_reason_bytes_max);
}

TEST_CASE_FIXTURE(
    Discovering, "a banned pinned peer is no pinned peer any more, and a re-added one not banned") {
    step(AddPeer{bob.key, true});
    step(BanPeer{bob.key, Seconds(3600), ""});
    CHECK(!store.peers.at(bob.key).pinned);
    ready();
    CHECK(!node->discovery().dialling(bob.key));
    step(AddPeer{bob.key, true});
    CHECK(node->discovery().dialling(bob.key) == DialPurpose::link);
}

TEST_CASE_FIXTURE(Discovering, "faults in a row ban a contact, and that survives a restart") {
    restart({proved(bob.key)});
    for (std::int64_t at = 0; at < limits::ban_score; ++at) {
        now.mono = std::max(now.mono, node->links().scores().shunned_until(bob.key));
        connect({base::LinkId{700 + static_cast<std::uint64_t>(at)}, bob.key});
        frame(base::LinkId{700 + static_cast<std::uint64_t>(at)}, encode(Pong{1}));
    }
    CHECK(store.peers.at(bob.key).banned_until > now.wall);
    CHECK(store.peers.at(bob.key).ban_reason == "frame_unexpected");
    CHECK(!knows(bob.key));
}

TEST_CASE_FIXTURE(Discovering, "a pinned peer's faults shun it for a while, and never ban it") {
    KnownPeer bobs = proved(bob.key);
    bobs.pinned = true;
    restart({bobs});
    store.peers[bob.key] = bobs;
    for (std::uint64_t at = 0; at < static_cast<std::uint64_t>(limits::ban_score); ++at) {
        now.mono = std::max(now.mono, node->links().scores().shunned_until(bob.key));
        const Peer again{base::LinkId{700 + at}, bob.key};
        connect(again);
        hear(again, Pong{1});
        REQUIRE(!linked(again));
    }
    REQUIRE(node->links().scores().shunned_until(bob.key) == now.mono + limits::ban_long);
    CHECK(store.peers.at(bob.key).banned_until == base::WallTime{});
    CHECK(store.peers.at(bob.key).pinned);
    CHECK(!node->discovery().is_banned(bob.key, now.wall));
    CHECK(knows(bob.key));
}

TEST_CASE_FIXTURE(
    Discovering,
    "of the candidates of an earlier run, contacts and we ourselves are none any more") {
    NodeOptions made = options({proved(bob.key)});
    for (const base::PeerId& peer : {bob.key, peer_key(self), carol.key})
        made.candidates.push_back({peer, alice.key, now.wall});
    node = std::make_unique<Node>(std::move(made));
    CHECK(!has_candidate(bob.key));
    CHECK(!has_candidate(peer_key(self)));
    CHECK(has_candidate(carol.key));
}

TEST_CASE_FIXTURE(Discovering, "addresses from the settings are tried, and are no pinned peers") {
    ready();
    step(Suggest{bob.key});
    CHECK(node->discovery().dialling(bob.key));
    answer_dial(bob.key);
    CHECK(!store.peers.at(bob.key).pinned);
}

// ---- limits
TEST_CASE_FIXTURE(Discovering,
                  "the book has a maximum; pinned peers, anchors and bans stay, who was not seen "
                  "for longest goes") {
    std::vector<KnownPeer> known{pinned_peer(bob.key)};
    for (std::uint32_t at = 1; at < limits::known_peers_max; ++at) {
        known.push_back(proved(stranger(at)));
        known.back().last_seen = now.wall - Seconds(1000 + at);
    }
    restart(known);
    for (const KnownPeer& peer : known) store.peers[peer.peer] = peer;
    ready();
    step(AddPeer{carol.key, true});
    CHECK(node->discovery().peers().size() == limits::known_peers_max);
    CHECK(node->discovery().peers().contains(bob.key));
    CHECK(node->discovery().peers().contains(carol.key));
    CHECK(store.peers.size() == limits::known_peers_max);
}

TEST_CASE_FIXTURE(Discovering,
                  "a node that is told of thousands keeps a few hundred of each source") {
    settings.bootstrappers = {bob.key};
    restart();
    ready();
    const Peer at = answer_dial(bob.key);
    auto asked = question(at.link);
    std::uint32_t next = 1;
    REQUIRE(asked);
    Contacts lies{asked->number, {}};
    for (int i = 0; i < 20; ++i) lies.peers.push_back(stranger(next++));
    hear(at, lies);
    CHECK(node->discovery().candidates().size() <= limits::candidates_per_source_max);
}

}  // namespace
}  // namespace hearsay::core
