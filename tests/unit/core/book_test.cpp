// discovery/book.hpp: whom we know by our own experience, and which of them the table holds.
#include "core/discovery/book.hpp"

#include "base/limits/links.hpp"
#include "contacts.hpp"

namespace hearsay::core {
namespace {

using base::Seconds;

struct Shelf : Table {
    Book book{own};
    base::Now now{base::MonoTime(base::Millis(5000)), samples::noon};
    Effects out;

    KnownPeer proved(const PeerId& peer) const {
        KnownPeer known;
        known.peer = peer;
        known.first_proved = known.last_seen = now.wall - Seconds(60);
        return known;
    }
    // A full bucket of an earlier run, least recently seen first, and one that waits for room.
    std::vector<PeerId> restore_full() {
        const auto peers = peers_in(255, k + 1);
        for (const PeerId& peer : peers) book.restore(proved(peer));
        return peers;
    }
    ~Shelf() { book.sanity_check(); }
};

TEST_CASE_FIXTURE(Shelf,
                  "a full bucket of an earlier run has its oldest contact pinged for who waits") {
    const auto peers = restore_full();
    CHECK(book.pings() == std::set<PeerId>{peers.front()});
}

TEST_CASE_FIXTURE(Shelf, "nobody is pinged who was removed or banned since") {
    const auto peers = restore_full();
    SUBCASE("removed") {
        CHECK(book.erase(peers.front(), out));
        CHECK(out == Effects{DropPeer{peers.front()}});
    }
    SUBCASE("banned by the user") {
        book.ban(*book.find(peers.front()), Seconds(60), "liar", now);
    }
    SUBCASE("banned for its faults") {
        book.ban_for(*book.find(peers.front()), base::Fault::item_bad_signature, now, out);
    }
    CHECK(book.pings().empty());
    CHECK(book.table().size() == k);  // who waited has the place
    CHECK(book.table().contains(peers.back()));
    CHECK(!book.table().contains(peers.front()));
}

TEST_CASE_FIXTURE(
    Shelf, "pinned peers, anchors and bans leave a full book to nobody, however long not seen") {
    std::vector<KnownPeer> kept;
    for (std::uint32_t at = 0; at < 3; ++at) {
        kept.push_back(proved(core::peer(at + 1)));
        kept.back().last_seen = now.wall - Seconds(86400);
    }
    kept[0].pinned = true;
    kept[1].anchor = true;
    kept[2].banned_until = now.wall + Seconds(60);
    for (const KnownPeer& peer : kept) book.restore(peer);
    SUBCASE("somebody else leaves it") {
        for (std::uint32_t at = 3; at < limits::known_peers_max; ++at)
            book.restore(proved(core::peer(at + 1)));
        CHECK(book.enter(core::peer(limits::known_peers_max + 1), now, out) != nullptr);
        CHECK(out.size() == 1);
    }
    SUBCASE("there is nobody else") {
        for (std::uint32_t at = 3; at < limits::known_peers_max; ++at) {
            kept[0].peer = core::peer(at + 1);
            book.restore(kept[0]);
        }
        CHECK(book.enter(core::peer(limits::known_peers_max + 1), now, out) == nullptr);
        CHECK(out.empty());
    }
    CHECK(book.peers().size() == limits::known_peers_max);
    for (std::uint32_t at = 0; at < 3; ++at) CHECK(book.find(core::peer(at + 1)) != nullptr);
}

TEST_CASE_FIXTURE(Shelf,
                  "who fails again and again is tried ever more rarely, and not at one moment") {
    PeerState& peer = *book.enter(core::peer(1), now, out);
    base::Millis before{0};
    std::set<base::MonoTime> when;
    for (int times = 0; times < 14; ++times) {
        book.on_failed(peer, "no answer", now, rng);
        const base::Millis wait = peer.next_try - now.mono;
        const int doubled = times < 2 ? times : std::max(1, times - int{limits::redial_steady});
        const base::Millis most =
            std::min(limits::redial_first * (1 << doubled), limits::redial_most);
        CHECK(wait >= most / 2);
        CHECK(wait <= most);
        when.insert(peer.next_try);
        before = wait;
    }
    CHECK(before >= limits::redial_most / 2);
    CHECK(when.size() > 6);
    CHECK(peer.unanswered == 14);
    CHECK(peer.last_error == "no answer");
}

TEST_CASE_FIXTURE(Shelf, "once all is forgiven a peer's failures begin anew") {
    PeerState& peer = *book.enter(core::peer(1), now, out);
    for (int times = 0; times < 14; ++times) book.on_failed(peer, "no answer", now, rng);
    book.forgive_all();
    CHECK(peer.unanswered == 0);
    CHECK(peer.next_try <= now.mono);
    book.on_failed(peer, "no answer", now, rng);
    CHECK(peer.next_try - now.mono <= limits::redial_first);
}

}  // namespace
}  // namespace hearsay::core
