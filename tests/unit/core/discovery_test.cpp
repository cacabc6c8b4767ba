// discovery/discovery.hpp: whom we know, whom we dial, whom we ask; rule by rule.
#include <doctest/doctest.h>

#include "fixture.hpp"

namespace hearsay::core {
namespace {

using namespace std::chrono_literals;

base::PeerId stranger(std::uint32_t number) {
    return samples::numbered<base::PeerId>(1000 + number);
}

struct Discovering : Fixture {
    std::uint64_t next_link = 100;

    Discovering() {
        settings = {};
        restart();
    }
    std::string ready() { return step(NetworkReady{true}); }
    // Proved long ago or just now, as an earlier run kept it.
    KnownPeer proved(const base::PeerId& peer, Seconds ago = Seconds(3600)) const {
        KnownPeer out;
        out.peer = peer;
        out.added = now.wall - ago;
        out.first_proved = now.wall - ago;
        out.last_seen = now.wall - Seconds(60);
        return out;
    }
    std::vector<Dial> dials() const {
        std::vector<Dial> out;
        for (const Effect& effect : last)
            if (const auto* dial = std::get_if<Dial>(&effect)) out.push_back(*dial);
        return out;
    }
    std::vector<base::PeerId> dialled(Errand errand) const {
        std::vector<base::PeerId> out;
        for (const Dial& dial : dials())
            if (node->discovery().dialling(dial.peer) == errand) out.push_back(dial.peer);
        return out;
    }
    // The last question that went to this link.
    std::optional<Find> question(base::LinkId link) const {
        std::optional<Find> out;
        for (const Effect& effect : last) {
            const auto* send = std::get_if<Send>(&effect);
            if (!send || send->link != link) continue;
            const auto message = parse(*send->frame);
            if (message && std::holds_alternative<Find>(*message)) out = std::get<Find>(*message);
        }
        return out;
    }
    // A dial of ours succeeds: the peer's Hello comes. What is said then.
    Peer answer_dial(const base::PeerId& key, std::string* said = nullptr) {
        const Peer peer{base::LinkId{next_link++}, key};
        step(LinkUp{peer.link, key, true});
        const std::string words = greet(peer);
        if (said) *said = words;
        return peer;
    }
    bool knows(const base::PeerId& peer) const { return node->discovery().table().contains(peer); }
    bool has_candidate(const base::PeerId& peer) const { return node->discovery().candidates().contains(peer); }
    // From deadline to deadline; whatever is dialled fails, but for whom `answers` says otherwise.
    void live(Millis how_long, const std::function<bool(const Dial&, Errand)>& answers) {
        const base::MonoTime end = now.mono + how_long;
        for (int steps = 0; steps < 100'000 && now.mono < end; ++steps) {
            const base::MonoTime next = std::min(std::max(node->next_deadline(), now.mono), end);
            wait(next - now.mono);
            for (const Dial& dial : dials()) {
                const auto errand = node->discovery().dialling(dial.peer);
                if (!errand) continue;
                if (answers(dial, *errand))
                    answer_dial(dial.peer);
                else
                    step(DialFailed{dial.peer, std::nullopt, "no answer"});
            }
            pong();
        }
    }
    void pong() {
        for (const Effect& effect : Effects(last)) {
            const auto* send = std::get_if<Send>(&effect);
            const auto message = send ? parse(*send->frame) : std::unexpected(Fault::silent);
            if (message && std::holds_alternative<Ping>(*message))
                frame(send->link, encode(Pong{std::get<Ping>(*message).nonce}));
        }
    }
};

// ---- rules 1 to 4: links
TEST_CASE_FIXTURE(Discovering, "friends are dialled first, then anchors, then the long-tried, then any") {
    settings.degree = 4;
    std::vector<KnownPeer> known{friend_of(stranger(1))};
    known.push_back(proved(stranger(2), Seconds(30 * 86400)));
    known.back().anchor = true;
    for (std::uint32_t at = 10; at < 20; ++at) known.push_back(proved(stranger(at), Seconds(3 * 86400)));
    for (std::uint32_t at = 20; at < 30; ++at) known.push_back(proved(stranger(at)));
    restart(known);
    ready();
    const auto links = dialled(Errand::link);
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

TEST_CASE_FIXTURE(Discovering, "three of eight links go to peers known for a day, if there are some") {
    std::vector<KnownPeer> known;
    for (std::uint32_t at = 0; at < 3; ++at) known.push_back(proved(stranger(at), Seconds(86400)));
    for (std::uint32_t at = 100; at < 400; ++at) known.push_back(proved(stranger(at)));
    restart(known);
    ready();
    std::size_t aged = 0;
    const auto links = dialled(Errand::link);
    CHECK(links.size() == settings.degree);
    for (const base::PeerId& peer : links)
        for (std::uint32_t at = 0; at < 3; ++at) aged += peer == stranger(at) ? 1 : 0;
    CHECK(aged == 3);
}

TEST_CASE_FIXTURE(Discovering, "a friend that is added while all places are taken gets one") {
    settings.degree = 2;
    restart({proved(stranger(1)), proved(stranger(2))});
    ready();
    for (const base::PeerId& peer : dialled(Errand::link)) answer_dial(peer);
    REQUIRE(node->links().count(true) == 2);
    step(AddPeer{bob.key, true});
    wait(1ms);
    CHECK(node->discovery().dialling(bob.key) == Errand::link);
    CHECK(node->links().count(true) == 1);
}

TEST_CASE_FIXTURE(Discovering, "two links that lasted are the next run's anchors") {
    restart({proved(stranger(1)), proved(stranger(2)), proved(stranger(3))});
    ready();
    const auto first = dialled(Errand::link);
    REQUIRE(first.size() == 3);
    answer_dial(first[0]);
    wait(1s);
    answer_dial(first[1]);
    wait(1s);
    answer_dial(first[2]);
    live(limits::anchor_age * 2 + 60s, [](const Dial&, Errand) { return false; });
    std::set<base::PeerId> anchors;
    for (const auto& [id, peer] : store.peers)
        if (peer.anchor) anchors.insert(id);
    CHECK(anchors == std::set<base::PeerId>{first[0], first[1]});
}

TEST_CASE_FIXTURE(Discovering, "one random link is given up every few hours, no younger one, and no friend's") {
    settings.degree = 2;
    std::vector<KnownPeer> known{friend_of(bob.key)};
    for (std::uint32_t at = 0; at < 20; ++at) known.push_back(proved(stranger(at)));
    restart(known);
    ready();
    const auto first = dialled(Errand::link);
    REQUIRE(first.size() == 2);
    for (const base::PeerId& peer : first) answer_dial(peer);
    std::set<base::PeerId> later;
    live(limits::rotate_wait_max + 60s, [&](const Dial& dial, Errand errand) {
        if (errand == Errand::link) later.insert(dial.peer);
        return errand == Errand::link;
    });
    CHECK(later.size() == 1);
    CHECK(!later.contains(first[0]));
    CHECK(!later.contains(first[1]));
    CHECK(node->links().link_of(bob.key));
    CHECK(node->links().count(true) == 2);
}

TEST_CASE_FIXTURE(Discovering, "after a month, a few old contacts that live are enough") {
    std::vector<KnownPeer> known;
    for (std::uint32_t at = 0; at < 100; ++at) known.push_back(proved(stranger(at), Seconds(40 * 86400)));
    for (KnownPeer& peer : known) peer.last_seen = now.wall - Seconds(30 * 86400);
    restart(known);
    ready();
    std::size_t alive = 0;
    // Everything dialled in the step of ready() fails; of the others those with a number divisible by 30 live.
    for (const Dial& dial : dials()) step(DialFailed{dial.peer, std::nullopt, "gone"});
    live(30min, [&](const Dial& dial, Errand) {
        for (std::uint32_t at = 0; at < 100; at += 30)
            if (dial.peer == stranger(at)) return true;
        return false;
    });
    for (const auto& [id, link] : node->links().all()) alive += link.stands() ? 1 : 0;
    CHECK(alive == 4);
}

// ---- rules 7 to 12: visits
TEST_CASE_FIXTURE(Discovering, "with nobody known a bootstrapper is visited, again and again, later and later") {
    settings.bootstrappers = {bob.key};
    restart();
    ready();
    REQUIRE(dialled(Errand::visit) == std::vector{bob.key});
    std::size_t visits = 0;
    step(DialFailed{bob.key, std::nullopt, "no answer"});
    live(10min, [&](const Dial&, Errand errand) {
        visits += errand == Errand::visit ? 1 : 0;
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

TEST_CASE_FIXTURE(Discovering, "a visitor that does not answer is left after find_wait, which is no crime") {
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
    CHECK(node->discovery().dialling(bob.key) == Errand::visit);
    answer_dial(bob.key);
    CHECK(knows(bob.key));
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
    CHECK(dialled(Errand::visit).size() + dialled(Errand::link).size() >= limits::lookup_paths);
    bool found = false;
    for (int rounds = 0; rounds < 200 && !found; ++rounds) {
        for (const Dial& dial : dials()) {
            const Peer at = answer_dial(dial.peer);
            if (const auto asked = question(at.link)) hear(at, Contacts{asked->number, {}});
            for (const Effect& effect : last)
                if (const auto* notify = std::get_if<Notify>(&effect))
                    found = found || std::holds_alternative<LookedUp>(notify->notice);
        }
        const std::string words = wait(100ms);
        found = found || words.find("found:") != std::string::npos;
    }
    CHECK(found);
}

TEST_CASE_FIXTURE(Discovering, "an asked look-up names the nearest, and asks those that it is linked to over the link") {
    settings.degree = 1;
    restart({proved(bob.key)});
    ready();
    const Peer at = answer_dial(bob.key);
    const auto first = question(at.link);
    REQUIRE(first);
    hear(at, Contacts{first->number, {}});
    live(3min, [](const Dial&, Errand) { return false; });
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

TEST_CASE_FIXTURE(Discovering, "buckets are refreshed over open links only") {
    restart({proved(bob.key)});
    ready();
    const Peer at = answer_dial(bob.key);
    std::size_t questions = 0;
    std::size_t tried = 0;
    const base::MonoTime end = now.mono + 3h;
    for (int steps = 0; steps < 10'000 && now.mono < end; ++steps) {
        wait(std::max(node->next_deadline(), now.mono) - now.mono);
        for (const Dial& dial : dials()) {
            ++tried;
            step(DialFailed{dial.peer, std::nullopt, "no"});
        }
        while (const auto asked = question(at.link)) {
            ++questions;
            hear(at, Contacts{asked->number, {}});
        }
        pong();
    }
    CHECK(questions >= 3);
    CHECK(tried == 0);
}

TEST_CASE_FIXTURE(Discovering, "an idle node with a full table opens fewer than twelve circuits an hour") {
    std::vector<KnownPeer> known;
    for (std::uint32_t at = 0; at < 200; ++at) known.push_back(proved(stranger(at)));
    restart(known);
    ready();
    for (const Dial& dial : dials()) answer_dial(dial.peer);
    std::size_t circuits = 0;
    const auto count = [&](const Dial&, Errand) {
        ++circuits;
        return true;
    };
    live(2h, count);
    circuits = 0;
    live(10h, count);
    CHECK(circuits < 120);
    CHECK(circuits > 30);  // feelers go on
}

// ---- questions from others
TEST_CASE_FIXTURE(Discovering, "who asks is told the nearest contacts, and not of himself") {
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
    CHECK(frame(ghost, encode(Find{1, node_id_of(stranger(1))})).starts_with("tell link66 contacts:"));
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

TEST_CASE_FIXTURE(Discovering, "contacts that nobody asked for are not listened to, and cost nothing") {
    ready();
    connect(bob);
    CHECK(hear(bob, Contacts{1, {stranger(1)}}) == "");
    CHECK(hear(bob, Contacts{4'000'000'000, {stranger(2)}}) == "");
    CHECK(!has_candidate(stranger(1)));
    CHECK(!has_candidate(stranger(2)));
    CHECK(linked(bob));
}

TEST_CASE_FIXTURE(Discovering, "we ourselves and banned peers are no candidates, whoever names us") {
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
TEST_CASE_FIXTURE(Discovering, "a visitor is neither flooded to nor compared with, and stands beside a link of its pair") {
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
    CHECK(hear(visitor, Compare{{}, {}, 0}) == "refused visitor frame_unexpected; end visitor frame_unexpected");
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
    KnownPeer known = friend_of(carol.key);
    known.first_proved = now.wall;
    restart({known});
    step(NetworkReady{true});
    CHECK(up(bob) == "tell bob hello");
    CHECK(greet(bob).find("find") == std::string::npos);
    CHECK(node->discovery().candidates().size() == 0);
    CHECK(hear(bob, Find{1, node_id_of(carol.key)}) == "tell bob contacts:");
}

// ---- the user's words
TEST_CASE_FIXTURE(Discovering, "a ban ends the link, is kept with its reason, and holds for its time") {
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

TEST_CASE_FIXTURE(Discovering, "a banned friend is no friend any more, and a re-added one not banned") {
    step(AddPeer{bob.key, true});
    step(BanPeer{bob.key, Seconds(3600), ""});
    CHECK(!store.peers.at(bob.key).manual);
    ready();
    CHECK(!node->discovery().dialling(bob.key));
    step(AddPeer{bob.key, true});
    CHECK(node->discovery().dialling(bob.key) == Errand::link);
}

TEST_CASE_FIXTURE(Discovering, "faults in a row ban a contact, and that survives a restart") {
    restart({proved(bob.key)});
    for (std::int64_t at = 0; at < limits::ban_score; ++at) {
        now.mono += limits::ban_wait * 16;
        connect({base::LinkId{700 + static_cast<std::uint64_t>(at)}, bob.key});
        frame(base::LinkId{700 + static_cast<std::uint64_t>(at)}, encode(Pong{1}));
    }
    CHECK(store.peers.at(bob.key).banned_until > now.wall);
    CHECK(store.peers.at(bob.key).ban_reason == "frame_unexpected");
    CHECK(!knows(bob.key));
}

TEST_CASE_FIXTURE(Discovering, "addresses from the settings are tried, and are no friends") {
    ready();
    step(Suggest{bob.key});
    CHECK(node->discovery().dialling(bob.key));
    answer_dial(bob.key);
    CHECK(!store.peers.at(bob.key).manual);
}

// ---- limits
TEST_CASE_FIXTURE(Discovering, "the book has a maximum; friends, anchors and bans stay, who was not seen for longest goes") {
    std::vector<KnownPeer> known{friend_of(bob.key)};
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

TEST_CASE_FIXTURE(Discovering, "a node that is told of thousands keeps a few hundred of each source") {
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
