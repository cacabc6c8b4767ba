// discovery/lookups.hpp: which ids are looked up, and when.
#include "core/discovery/lookups.hpp"

#include "contacts.hpp"

namespace hearsay::core {
namespace {

using base::Millis;
using Reach = Lookups::Reach;

struct Looking : Table {
    Lookups lookups{own};
    base::Now now{base::MonoTime(Millis(5000)), samples::noon};
    std::vector<PeerId> asked;
    std::vector<NodeId> found;  // targets of look-ups that ended

    void advance(Reach reach) {
        Effects out;
        lookups.advance(
            [&](const PeerId& who, const NodeId&) {
                asked.push_back(who);
                return reach;
            },
            table, now, out);
        for (const Effect& effect : out)
            found.push_back(std::get<LookedUp>(std::get<Notify>(effect).notice).target);
    }
    base::MonoTime deadline() const { return lookups.next_deadline(table.size() > 0); }
};

TEST_CASE_FIXTURE(Looking,
                  "our own id is looked up when somebody is known, and again ever more rarely") {
    lookups.on_network_ready(now);
    CHECK(deadline() == base::never);
    advance(Reach::not_at_all);
    CHECK(found.empty());
    table.on_proved(peer(1));
    CHECK(deadline() == now.mono);
    advance(Reach::not_at_all);
    CHECK(found == std::vector{table.self()});
    CHECK(asked == std::vector{peer(1)});
    for (const Millis wait : limits::own_lookup_waits) {
        CHECK(deadline() == now.mono + wait);
        now.mono += wait - Millis(1);
        advance(Reach::not_at_all);
        now.mono += Millis(1);
        const std::size_t before = found.size();
        advance(Reach::not_at_all);
        CHECK(found.size() == before + 1);
    }
    CHECK(deadline() == base::never);
    lookups.on_network_ready(now);
    CHECK(deadline() == now.mono);
}

TEST_CASE_FIXTURE(Looking, "what is wanted comes before our own, in order, one at a time") {
    lookups.on_network_ready(now);
    table.on_proved(peer(1));
    lookups.want(node_id_of(peer(7)));
    lookups.want(node_id_of(peer(8)));
    CHECK(deadline() == base::MonoTime{});
    advance(Reach::not_at_all);
    CHECK(found == std::vector{node_id_of(peer(7))});
    CHECK(deadline() == base::MonoTime{});  // the next one is due
    advance(Reach::not_at_all);
    CHECK(found.back() == node_id_of(peer(8)));
    CHECK(deadline() == now.mono);  // our own, now
}

TEST_CASE_FIXTURE(Looking, "at most lookups_waiting_max wait") {
    for (std::uint32_t at = 0; at < limits::lookups_waiting_max + 5; ++at)
        lookups.want(node_id_of(peer(100 + at)));
    for (std::size_t times = 0; times < limits::lookups_waiting_max + 5; ++times)
        advance(Reach::not_at_all);
    CHECK(found.size() == limits::lookups_waiting_max);
}

TEST_CASE_FIXTURE(Looking, "a look-up waits for answers, and goes on with what they say") {
    table.on_proved(peer(1));
    lookups.want(node_id_of(peer(7)));
    advance(Reach::asked);
    CHECK(lookups.is_running());
    CHECK(deadline() == base::never);
    lookups.on_answer(peer(1), {peer(7)});
    CHECK(deadline() == base::MonoTime{});
    advance(Reach::asked);
    CHECK(asked == std::vector{peer(1), peer(7)});
    lookups.on_no_answer(peer(7));
    CHECK(deadline() == base::MonoTime{});
    advance(Reach::asked);
    CHECK(!lookups.is_running());
    CHECK(found.size() == 1);
}

TEST_CASE_FIXTURE(Looking, "who is being reached is asked when it has greeted, once") {
    table.on_proved(peer(1));
    const NodeId target = node_id_of(peer(7));
    lookups.want(target);
    CHECK(!lookups.on_reached(peer(1)));
    advance(Reach::later);
    CHECK(!lookups.on_reached(peer(2)));
    SUBCASE("it greets") {
        CHECK(lookups.on_reached(peer(1)) == target);
        CHECK(!lookups.on_reached(peer(1)));
    }
    SUBCASE("it does not") {
        lookups.on_no_answer(peer(1));
        CHECK(!lookups.on_reached(peer(1)));
        advance(Reach::later);
        CHECK(found == std::vector{target});
    }
}

TEST_CASE_FIXTURE(Looking, "who was waited for by one look-up is not asked for the next") {
    table.on_proved(peer(1));
    table.on_proved(peer(2));
    lookups.want(node_id_of(peer(7)));
    advance(Reach::later);
    REQUIRE(asked.size() == 2);
    lookups.on_answer(peer(1), {});  // over another link of the same two
    lookups.on_answer(peer(2), {});
    lookups.want(node_id_of(peer(8)));
    advance(Reach::later);
    REQUIRE(found.size() == 1);
    CHECK(!lookups.on_reached(peer(1)));
    advance(Reach::asked);
    CHECK(!lookups.on_reached(peer(1)));
}

TEST_CASE_FIXTURE(Looking, "a bucket whose range was looked up need not be refreshed for a while") {
    const PeerId far = peers_in(255, 1).front();
    table.on_proved(far);
    lookups.want(node_id_of(far));
    REQUIRE(table.bucket_to_refresh(now.mono) == 255);
    advance(Reach::not_at_all);
    CHECK(table.bucket_to_refresh(now.mono) != 255);
}

}  // namespace
}  // namespace hearsay::core
