// discovery/introductions.hpp: what to believe of peers that others name.
#include "core/discovery/introductions.hpp"

#include <algorithm>

#include "contacts.hpp"

namespace hearsay::core {
namespace {

using base::Millis;
using base::Seconds;

struct Naming : Table {
    Book book{own};
    Introductions introductions{own, rng.fork()};
    base::Now now{base::MonoTime(Millis(5000)), samples::noon};
    const PeerId source = peer(9);
    Effects out;

    ~Naming() { introductions.sanity_check(); }
    bool name(const PeerId& who) { return introductions.on_named(who, source, book, now, out); }
    bool is_candidate(const PeerId& who) const { return introductions.candidates().contains(who); }
    void prove(const PeerId& who) {
        PeerState* entry = book.find(who);
        if (!entry) entry = book.enter(who, now, out);
        Book::prove(*entry, now, out);
        book.on_answered(who);
    }
};

TEST_CASE_FIXTURE(Naming, "who is named is a candidate, and new once") {
    CHECK(name(peer(1)));
    CHECK(is_candidate(peer(1)));
    CHECK(out == Effects{KeepCandidate{{peer(1), source, now.wall}}});
    CHECK(!name(peer(1)));
    CHECK(introductions.candidates().sources() == 1);
}

TEST_CASE_FIXTURE(Naming, "we ourselves, contacts and banned peers are not believed in") {
    prove(peer(1));
    book.ban(*book.enter(peer(2), now, out), Seconds(60), "", now);
    out.clear();
    for (const PeerId& who : {own, peer(1), peer(2)}) CHECK(!name(who));
    CHECK(out.empty());
    now.wall += Seconds(60);
    CHECK(name(peer(2)));
}

TEST_CASE_FIXTURE(Naming, "a peer that we know is one again if its bucket has room for it") {
    const auto peers = peers_in(255, k + 1);
    for (const PeerId& who : peers) prove(who);
    CHECK(!name(peers.back()));  // it waits for room
    book.erase(peers[0], out);   // now it has the place
    book.erase(peers[1], out);
    book.table().erase(peers.back());
    CHECK(name(peers.back()));
}

TEST_CASE_FIXTURE(Naming,
                  "newcomers are filed under one source, so many at once and then now and then") {
    for (std::uint32_t at = 0; at < limits::newcomers_burst; ++at)
        CHECK(introductions.on_newcomer(peer(100 + at), book, now, out));
    CHECK(!introductions.on_newcomer(peer(99), book, now, out));
    CHECK(introductions.candidates().sources() == 1);
    now.mono += limits::find_every;
    CHECK(introductions.on_newcomer(peer(99), book, now, out));
    CHECK(!introductions.on_newcomer(peer(98), book, now, out));
    CHECK(!is_candidate(peer(98)));
}

TEST_CASE_FIXTURE(Naming, "addresses of the settings have a source of their own") {
    CHECK(introductions.on_suggested(peer(1), book, now, out));
    CHECK(name(peer(2)));
    CHECK(introductions.candidates().sources() == 2);
}

TEST_CASE_FIXTURE(Naming, "the k nearest to us are remembered, until they are tried") {
    std::vector<PeerId> all;
    for (std::uint32_t at = 0; at < 3 * k; ++at) {
        all.push_back(peer(100 + at));
        name(all.back());
    }
    std::sort(all.begin(), all.end(), [&](const PeerId& a, const PeerId& b) {
        return is_closer(table.self(), node_id_of(a), node_id_of(b));
    });
    std::vector<PeerId> near;
    for (const auto& [far, who] : introductions.near()) near.push_back(who);
    CHECK(near == std::vector<PeerId>(all.begin(), all.begin() + k));
    introductions.on_tried(all[3]);
    CHECK(introductions.near().size() == k - 1);
    CHECK(introductions.near().begin()->second == all.front());
}

TEST_CASE_FIXTURE(Naming, "who is further away than k contacts is not near") {
    std::vector<PeerId> all;
    for (std::uint32_t at = 0; at < 2 * k + 2; ++at) all.push_back(peer(100 + at));
    std::sort(all.begin(), all.end(), [&](const PeerId& a, const PeerId& b) {
        return is_closer(table.self(), node_id_of(a), node_id_of(b));
    });
    for (std::size_t at = 1; at < k; ++at) prove(all[at]);
    name(all[k + 1]);
    CHECK(introductions.near().size() == 1);  // of k - 1 contacts it would be the next
    prove(all[k]);
    name(all[k + 2]);
    CHECK(introductions.near().size() == 1);
    name(all[0]);
    CHECK(introductions.near().size() == 2);
}

}  // namespace
}  // namespace hearsay::core
