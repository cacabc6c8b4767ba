// discovery/discovery.hpp: whom we dial, whom we visit, and when; rule by rule.
#include "base/limits/discovery.hpp"

#include <doctest/doctest.h>

#include "base/limits/links.hpp"
#include "discovering.hpp"

namespace hearsay::core {
namespace {

// ---- rules 1 to 4: links
TEST_CASE_FIXTURE(Discovering,
                  "pinned peers are dialled first, then anchors, then the long-tried, then any") {
    settings.degree = 4;
    std::vector<KnownPeer> known{pinned_peer(stranger(1))};
    known.push_back(proved(stranger(2), Seconds(30 * 86400)));
    known.back().anchor = true;
    for (std::uint32_t at = 10; at < 20; ++at)
        known.push_back(proved(stranger(at), Seconds(3 * 86400)));
    for (std::uint32_t at = 20; at < 30; ++at) known.push_back(proved(stranger(at)));
    restart(known);
    ready();
    const auto links = dialled(DialPurpose::link);
    REQUIRE(links.size() == 4);
    CHECK(links[0] == stranger(1));
    CHECK(links[1] == stranger(2));
    const std::set<base::PeerId> aged = [&] {
        std::set<base::PeerId> out;
        for (std::uint32_t at = 10; at < 20; ++at) out.insert(stranger(at));
        return out;
    }();
    CHECK(aged.contains(links[2]));
}

TEST_CASE_FIXTURE(Discovering,
                  "three of eight links go to peers known for a day, if there are some") {
    std::vector<KnownPeer> known;
    for (std::uint32_t at = 0; at < 3; ++at) known.push_back(proved(stranger(at), Seconds(86400)));
    for (std::uint32_t at = 100; at < 400; ++at) known.push_back(proved(stranger(at)));
    restart(known);
    ready();
    std::size_t aged = 0;
    const auto links = dialled(DialPurpose::link);
    CHECK(links.size() == settings.degree);
    for (const base::PeerId& peer : links)
        for (std::uint32_t at = 0; at < 3; ++at) aged += peer == stranger(at) ? 1 : 0;
    CHECK(aged == 3);
}

TEST_CASE_FIXTURE(Discovering, "a pinned peer that is added while all places are taken gets one") {
    settings.degree = 2;
    restart({proved(stranger(1)), proved(stranger(2))});
    ready();
    for (const base::PeerId& peer : dialled(DialPurpose::link)) answer_dial(peer);
    REQUIRE(node->links().count(true) == 2);
    step(AddPeer{bob.key, true});
    wait(1ms);
    CHECK(node->discovery().dialling(bob.key) == DialPurpose::link);
    CHECK(node->links().count(true) == 1);
}

TEST_CASE_FIXTURE(Discovering, "of eight links three go to peers that were proved long ago") {
    std::vector<KnownPeer> known;
    for (std::uint32_t at = 0; at < 40; ++at)
        known.push_back(proved(stranger(at), 2 * limits::long_tried_age));
    restart(known);
    ready();
    live(5min, all);
    std::size_t aged = 0;
    for (const auto& [id, link] : node->links().all())
        aged += node->discovery().kind_of(id) == LinkKind::long_tried ? 1U : 0U;
    CHECK(node->links().count(true) == 8);
    CHECK(aged == limits::long_tried_of_eight);
}

TEST_CASE_FIXTURE(Discovering, "who is added again is known as long as before") {
    restart({proved(bob.key)});
    const base::WallTime added = now.wall - Seconds(3600);
    step(AddPeer{bob.key, true});
    REQUIRE(store.peers.at(bob.key).pinned);
    CHECK(store.peers.at(bob.key).added == added);
}

TEST_CASE_FIXTURE(Discovering, "two links that lasted are the next run's anchors") {
    restart({proved(stranger(1)), proved(stranger(2)), proved(stranger(3))});
    ready();
    const auto first = dialled(DialPurpose::link);
    REQUIRE(first.size() == 3);
    answer_dial(first[0]);
    wait(1s);
    answer_dial(first[1]);
    wait(1s);
    answer_dial(first[2]);
    live(limits::anchor_age * 2 + 60s, [](const Dial&, DialPurpose) { return false; });
    std::set<base::PeerId> anchors;
    for (const auto& [id, peer] : store.peers)
        if (peer.anchor) anchors.insert(id);
    CHECK(anchors == std::set<base::PeerId>{first[0], first[1]});
}

TEST_CASE_FIXTURE(
    Discovering,
    "one random link is given up every few hours, no younger one, and no pinned peer's") {
    settings.degree = 2;
    std::vector<KnownPeer> known{pinned_peer(bob.key)};
    for (std::uint32_t at = 0; at < 20; ++at) known.push_back(proved(stranger(at)));
    restart(known);
    ready();
    const auto first = dialled(DialPurpose::link);
    REQUIRE(first.size() == 2);
    for (const base::PeerId& peer : first) answer_dial(peer);
    std::set<base::PeerId> later;
    live(limits::rotate_wait_max + 60s, [&](const Dial& dial, DialPurpose purpose) {
        if (purpose == DialPurpose::link) later.insert(dial.peer);
        return purpose == DialPurpose::link;
    });
    CHECK(later.size() == 1);
    CHECK(!later.contains(first[0]));
    CHECK(!later.contains(first[1]));
    CHECK(node->links().link_of(bob.key));
    CHECK(node->links().count(true) == 2);
}

TEST_CASE_FIXTURE(Discovering, "after a month, a few old contacts that live are enough") {
    std::vector<KnownPeer> known;
    for (std::uint32_t at = 0; at < 100; ++at)
        known.push_back(proved(stranger(at), Seconds(40 * 86400)));
    for (KnownPeer& peer : known) peer.last_seen = now.wall - Seconds(30 * 86400);
    restart(known);
    ready();
    std::size_t alive = 0;
    const auto lives = [&](const Dial& dial, DialPurpose) {
        for (std::uint32_t at = 0; at < 100; at += 30)
            if (dial.peer == stranger(at)) return true;
        return false;
    };
    respond(lives);
    live(30min, lives);
    for (const auto& [id, link] : node->links().all()) alive += link.stands() ? 1 : 0;
    CHECK(alive == 4);
}

// ---- rules 7 to 12: visits
TEST_CASE_FIXTURE(Discovering,
                  "with nobody known a bootstrapper is visited, again and again, later and later") {
    settings.bootstrappers = {bob.key};
    restart();
    ready();
    REQUIRE(dialled(DialPurpose::visit) == std::vector{bob.key});
    std::size_t visits = 0;
    step(DialFailed{bob.key, std::nullopt, "no answer"});
    live(10min, [&](const Dial&, DialPurpose purpose) {
        visits += purpose == DialPurpose::visit ? 1 : 0;
        return false;
    });
    CHECK(visits >= 3);
    CHECK(visits <= 10);
}

TEST_CASE_FIXTURE(Discovering, "a visit asks for our neighbours and ends with the answer") {
    settings.bootstrappers = {bob.key};
    restart();
    ready();
    std::string said;
    const Peer at = answer_dial(bob.key, &said);
    const auto asked = question(at.link);
    REQUIRE(asked);
    CHECK(asked->target == node_id_of(peer_key(self)));
    const std::string heard = hear(at, Contacts{asked->number, {stranger(1), stranger(2)}});
    CHECK(heard.find("end link100") != std::string::npos);
    CHECK(has_candidate(stranger(1)));
    CHECK(knows(bob.key));
    CHECK(store.candidates.size() == 2);
    CHECK(store.peers.at(bob.key).first_proved == now.wall);
}

TEST_CASE_FIXTURE(Discovering, "a visitor's Hello says so") {
    settings.bootstrappers = {bob.key};
    restart();
    ready();
    CHECK(step(LinkUp{bob.link, bob.key, true}) == "tell bob visit");
}

TEST_CASE_FIXTURE(Discovering,
                  "a visitor that does not answer is left after find_wait, which is no crime") {
    settings.bootstrappers = {bob.key};
    restart();
    ready();
    const Peer at = answer_dial(bob.key);
    CHECK(wait(limits::find_wait).find("end link100") != std::string::npos);
    CHECK(!node->links().is_shunned(bob.key, now));
    CHECK(!linked(at));
}

TEST_CASE_FIXTURE(Discovering, "who comes and listens is a candidate, and visited") {
    ready();
    connect(bob);
    CHECK(has_candidate(bob.key));
    CHECK(!knows(bob.key));
    wait(1ms);
    CHECK(node->discovery().dialling(bob.key) == DialPurpose::visit);
    answer_dial(bob.key);
    CHECK(knows(bob.key));
    CHECK(!has_candidate(bob.key));
}

TEST_CASE_FIXTURE(
    Discovering,
    "a newcomer that cannot be dialled yet is tried again soon, then later, and not for ever") {
    settings.min_connections = 0;
    restart();
    ready();
    connect(bob);
    std::vector<base::MonoTime> tries;
    Millis patience{0};
    const auto never = [&](const Dial& dial, DialPurpose) {
        CHECK(dial.patience >= patience);  // a slow line is waited for longer each time
        patience = dial.patience;
        if (dial.peer == bob.key) tries.push_back(now.mono);
        return false;
    };
    live(1h, never);
    REQUIRE(tries.size() == limits::candidate_tries_max);
    CHECK(tries[1] - tries[0] <= limits::candidate_pause_first);
    for (std::size_t at = 2; at < tries.size(); ++at) CHECK(tries[at] > tries[at - 1]);
    CHECK(tries.back() - tries.front() > 2min);
    CHECK(patience == limits::dial_wait);
    CHECK(!has_candidate(bob.key));
}

TEST_CASE_FIXTURE(Discovering, "who comes and does not listen is no candidate") {
    ready();
    up(bob);
    Hello deaf = hello();
    deaf.listening = false;
    hear(bob, deaf);
    CHECK(!has_candidate(bob.key));
}

TEST_CASE_FIXTURE(Discovering, "a look-up for our own id begins once somebody is known") {
    std::vector<KnownPeer> known;
    for (std::uint32_t at = 0; at < 30; ++at) known.push_back(proved(stranger(at)));
    restart(known);
    ready();
    CHECK(dialled(DialPurpose::visit).size() + dialled(DialPurpose::link).size() >=
          limits::lookup_paths);
    respond(all);
    live(30s, all);
    CHECK(looked_up == 1);
    live(1h, all);
    CHECK(looked_up == 1 + std::size(limits::own_lookup_waits));
}

TEST_CASE_FIXTURE(
    Discovering,
    "an asked look-up names the nearest, and asks those that it is linked to over the link") {
    settings.degree = 1;
    restart({proved(bob.key)});
    ready();
    const Peer at = answer_dial(bob.key);
    const auto first = question(at.link);
    REQUIRE(first);
    hear(at, Contacts{first->number, {}});
    live(3min, [](const Dial&, DialPurpose) { return false; });
    step(LookUp{node_id_of(stranger(77))});
    const auto asked = question(at.link);
    REQUIRE(asked);
    CHECK(asked->target == node_id_of(stranger(77)));
    names.peers[stranger(5)] = "five";
    hear(at, Contacts{asked->number, {stranger(5)}});
    std::string words = wait(1ms);
    for (const Dial& dial : dials()) words += step(DialFailed{dial.peer, std::nullopt, "no"});
    words += wait(1ms);
    CHECK(words.find("found: bob") != std::string::npos);
}

TEST_CASE_FIXTURE(Discovering, "where all tell of the same ones, asking again becomes rare") {
    restart({proved(stranger(1))});
    told = {stranger(50)};
    ready();
    live(180s, [&](const Dial& dial, DialPurpose) { return dial.peer == stranger(1); });
    CHECK(has_candidate(stranger(50)));
    CHECK(questions > 0);
    CHECK(questions < 15);
}

TEST_CASE_FIXTURE(
    Discovering,
    "who asks again asks a few links that stand, not always the same, and visits nobody") {
    restart(proved_strangers(30));
    ready();
    respond(all);
    live(10min, all);  // from now on it looks nothing up for half an hour
    std::size_t times = 0;
    std::set<base::LinkId> asked;
    const base::MonoTime end = now.mono + 20min;
    for (int steps = 0; steps < 10'000 && now.mono < end; ++steps) {
        const base::LinkId visitor{9};
        step(LinkUp{visitor, std::nullopt, false});
        frame(visitor, encode(hello()));
        wait(std::max(node->next_deadline(), now.mono) - now.mono);
        CHECK(!question(visitor));
        std::size_t questions_now = 0;
        for (const auto& [id, link] : node->links().all()) {
            if (!link.stands() || !question(id)) continue;
            ++questions_now;
            asked.insert(id);
        }
        CHECK(questions_now <= limits::visits_max);
        if (questions_now > 0) CHECK(dialled(DialPurpose::visit).empty());
        times += questions_now > 0 ? 1 : 0;
        respond(all);
        step(LinkDown{visitor, std::nullopt});
    }
    CHECK(times >= 5);
    CHECK(asked.size() > limits::visits_max);
}

TEST_CASE_FIXTURE(Discovering,
                  "who has no link to ask again over visits a contact, if it visits nobody yet") {
    settings.degree = 0;
    restart(proved_strangers(30));
    ready();
    CHECK(dialled(DialPurpose::visit).size() == limits::lookup_paths);
    respond(all);
    live(10min, all);
    std::size_t visits = 0;
    live(20min, [&](const Dial&, DialPurpose) { return ++visits > 0; });
    CHECK(visits >= 5);
}

TEST_CASE_FIXTURE(Discovering, "a node that loses its links searches although its table is full") {
    restart(proved_strangers(200));
    ready();
    respond(all);
    live(1h, all);
    REQUIRE(node->discovery().table().size() >= limits::eager_contacts);
    std::vector<base::LinkId> links;
    for (const auto& [id, link] : node->links().all())
        if (link.stands()) links.push_back(id);
    REQUIRE(links.size() > settings.min_connections);
    for (; links.size() > settings.min_connections; links.pop_back())
        step(LinkDown{links.back(), std::nullopt});
    CHECK(!node->discovery().is_searching());
    step(LinkDown{links.back(), std::nullopt});
    CHECK(node->discovery().is_searching());
    questions = 0;
    live(5min, [](const Dial&, DialPurpose) { return false; });
    CHECK(questions >= 3);  // over the links that are left
}

TEST_CASE_FIXTURE(Discovering, "a contact that fell out of the table is looked for") {
    settings.degree = 1;
    restart({pinned_peer(alice.key), proved(bob.key)});
    ready();
    const auto only_alice = [&](const Dial& dial, DialPurpose) { return dial.peer == alice.key; };
    respond(only_alice);
    live(1h, only_alice);
    REQUIRE(!knows(bob.key));
    live(2h, all);
    CHECK(knows(bob.key));
    CHECK(node->links().link_of(alice.key));
    CHECK(!node->links().link_of(bob.key));
}

TEST_CASE_FIXTURE(Discovering, "buckets are refreshed over open links only") {
    restart({proved(bob.key)});
    ready();
    const Peer at = answer_dial(bob.key);
    const auto first = question(at.link);
    REQUIRE(first);
    hear(at, Contacts{first->number, {}});
    std::size_t tried = 0;
    live(3h, [&](const Dial&, DialPurpose) { return ++tried > 0; });
    CHECK(questions >= 3);
    CHECK(tried == 0);
}

TEST_CASE_FIXTURE(Discovering,
                  "an idle node with a full table opens fewer than twelve circuits an hour") {
    std::vector<KnownPeer> known;
    for (std::uint32_t at = 0; at < 200; ++at) known.push_back(proved(stranger(at)));
    restart(known);
    ready();
    respond([](const Dial&, DialPurpose) { return true; });
    std::size_t circuits = 0;
    const auto count = [&](const Dial&, DialPurpose) {
        ++circuits;
        return true;
    };
    live(2h, count);
    circuits = 0;
    live(10h, count);
    CHECK(circuits < 120);
    CHECK(circuits > 30);  // feelers go on
}

}  // namespace
}  // namespace hearsay::core
