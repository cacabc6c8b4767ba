// discovery/dials.hpp: who may be dialled, how patiently, and what came of it.
#include "core/discovery/dials.hpp"

#include "base/limits/links.hpp"
#include "contacts.hpp"

namespace hearsay::core {
namespace {

using base::LinkId;
using base::Millis;

struct Dialling {
    const PeerId own = peer(0), bob = peer(1), carol = peer(2);
    base::Rng rng{samples::filled<base::Secret>(7)};
    base::Now now{base::MonoTime(Millis(5000)), samples::noon};
    Effects out;
    Book book{own};
    Links links{own, samples::network, 16, rng.fork()};
    Dials dials{own, book};
    DialRound round{now, links, out};

    bool may_visit(const PeerId& who) {
        round.now = now;
        return dials.may_visit(who, round);
    }
    bool may_link(const PeerId& who) {
        round.now = now;
        return dials.may_link(*book.find(who), round);
    }
    void come(const PeerId& who, bool outbound) {
        links.on_link_up(LinkId{9}, who, outbound, false, {}, now, out);
        if (outbound) return;
        const Hello hello{protocol_version,
                          static_cast<std::uint32_t>(samples::network),
                          now.wall,
                          true,
                          5,
                          false,
                          protocol_version};
        REQUIRE(links.on_hello(LinkId{9}, hello, {}, now, out));
    }
    Millis patience() const { return std::get<Dial>(out.back()).patience; }
};

TEST_CASE_FIXTURE(Dialling, "nobody is dialled twice at once, and not we ourselves") {
    CHECK(!may_visit(own));
    REQUIRE(may_visit(bob));
    dials.visit(bob, round);
    CHECK(dials.purpose_of(bob) == DialPurpose::visit);
    CHECK(dials.is_dialling(bob));
    CHECK(!may_visit(bob));
    CHECK(!may_link(book.enter(bob, now, out)->known.peer));
    SUBCASE("nor visited twice") {
        CHECK(dials.on_dialled(LinkId{5}, bob) == DialPurpose::visit);
        CHECK(!dials.is_dialling(bob));
        CHECK(dials.is_visit(LinkId{5}));
        CHECK(dials.kinds().empty());
        CHECK(!may_visit(bob));
        dials.on_link_gone(LinkId{5});
        CHECK(may_visit(bob));
    }
    SUBCASE("after a failure it may be") {
        CHECK(dials.on_failed(bob));
        CHECK(!dials.on_failed(bob));
        CHECK(may_visit(bob));
    }
    SUBCASE("forgotten meanwhile, its link is not wanted") {
        dials.forget(bob);
        CHECK(!dials.on_dialled(LinkId{5}, bob));
    }
}

TEST_CASE_FIXTURE(Dialling, "who is banned or shunned is not dialled") {
    book.enter(bob, now, out);
    REQUIRE(may_visit(bob));
    REQUIRE(may_link(bob));
    SUBCASE("banned") {
        book.ban(*book.find(bob), base::Seconds(60), "", now);
        CHECK(!may_visit(bob));
        CHECK(!may_link(bob));
        now.wall += base::Seconds(60);
    }
    SUBCASE("shunned") {
        links.scores().on_fault(bob, now.mono);
        CHECK(!may_visit(bob));
        CHECK(!may_link(bob));
        now.mono += limits::ban_wait;
    }
    CHECK(may_visit(bob));
    CHECK(may_link(bob));
}

TEST_CASE_FIXTURE(Dialling, "who dialled us may be visited and is not linked again") {
    book.enter(bob, now, out);
    come(bob, false);
    CHECK(may_visit(bob));
    CHECK(!may_link(bob));
}

TEST_CASE_FIXTURE(Dialling, "whom we dialled for a link is neither visited nor linked again") {
    book.enter(bob, now, out);
    come(bob, true);
    CHECK(!may_visit(bob));
    CHECK(!may_link(bob));
}

TEST_CASE_FIXTURE(Dialling, "a link waits for its next try, a visit for the end of the pause") {
    book.enter(bob, now, out)->next_try = now.mono + Millis(1);
    CHECK(!may_link(bob));
    CHECK(may_visit(bob));
    now.mono += Millis(1);
    CHECK(may_link(bob));
    dials.pause(bob, now, rng);
    CHECK(may_link(bob));
    CHECK(!may_visit(bob));
    const base::MonoTime end = dials.next_pause_end(now.mono);
    CHECK(end >= now.mono + limits::candidate_pause_first / 2);
    CHECK(end <= now.mono + limits::candidate_pause_first);
    now.mono = end - Millis(1);
    CHECK(!may_visit(bob));
    now.mono = end;
    CHECK(may_visit(bob));
    CHECK(dials.next_pause_end(now.mono) == base::never);
}

TEST_CASE_FIXTURE(Dialling, "pauses double with failures, longer for who proved its key once") {
    Book::prove(*book.enter(carol, now, out), now, out);
    for (const PeerId& who : {bob, carol})
        for (int times = 0; times < 30; ++times) dials.pause(who, now, rng);
    dials.interrupt_pause(carol, now.mono);
    const Millis bobs = dials.next_pause_end(now.mono) - now.mono;
    CHECK(bobs >= limits::candidate_pause_most / 2);
    CHECK(bobs <= limits::candidate_pause_most);
    dials.end_pause(bob);
    REQUIRE(dials.next_pause_end(now.mono) == base::never);
    dials.pause(carol, now, rng);  // interrupted is not forgotten
    const Millis carols = dials.next_pause_end(now.mono) - now.mono;
    CHECK(carols >= limits::lost_pause_most / 2);
    CHECK(carols <= limits::lost_pause_most);
    dials.end_all_pauses();
    CHECK(may_visit(carol));
}

TEST_CASE_FIXTURE(Dialling, "pauses have a most, and those that are over make room") {
    for (std::uint32_t at = 0; at < limits::paused_peers_max; ++at)
        dials.pause(peer(100 + at), now, rng);
    dials.pause(bob, now, rng);
    CHECK(may_visit(bob));  // no room
    dials.pause(peer(100), now, rng);
    CHECK(!may_visit(peer(100)));  // one that is there is there
    now.mono += limits::candidate_pause_first;
    dials.pause(bob, now, rng);
    CHECK(!may_visit(bob));
    CHECK(!may_visit(peer(100)));  // its second pause goes on
}

TEST_CASE_FIXTURE(Dialling, "patience doubles with failures, of links or of visits") {
    dials.visit(bob, round);
    CHECK(out == Effects{Dial{bob, limits::dial_wait_first}});
    PeerState& state = *book.enter(carol, now, out);
    state.failures = 1;
    dials.pause(carol, now, rng);
    dials.pause(carol, now, rng);
    dials.link(carol, LinkKind::pinned, round);
    CHECK(patience() == std::min(4 * limits::dial_wait_first, limits::dial_wait));
    dials.forget(carol);
    dials.end_pause(carol);
    dials.link(carol, LinkKind::pinned, round);
    CHECK(patience() == std::min(2 * limits::dial_wait_first, limits::dial_wait));
    dials.forget(carol);
    state.failures = 30;
    dials.link(carol, LinkKind::pinned, round);
    CHECK(patience() == limits::dial_wait);
}

TEST_CASE_FIXTURE(Dialling, "links count from their dial on, by kind; visits apart") {
    dials.link(bob, LinkKind::anchor, round);
    dials.visit(carol, round);
    CHECK(dials.count(LinkKind::anchor) == 1);
    CHECK(dials.count(LinkKind::random) == 0);
    CHECK(dials.links_being_made() == 1);
    CHECK(dials.visits_under_way() == 1);
    CHECK(dials.on_dialled(LinkId{1}, bob) == DialPurpose::link);
    CHECK(dials.on_dialled(LinkId{2}, carol) == DialPurpose::visit);
    CHECK(dials.kinds().at(LinkId{1}) == LinkKind::anchor);
    CHECK(dials.count(LinkKind::anchor) == 1);
    CHECK(dials.links_being_made() == 0);
    CHECK(dials.visits_under_way() == 1);
    dials.on_link_gone(LinkId{1});
    dials.on_link_gone(LinkId{2});
    CHECK(dials.count(LinkKind::anchor) == 0);
    CHECK(dials.visits_under_way() == 0);
}

}  // namespace
}  // namespace hearsay::core
