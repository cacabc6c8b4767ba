// relay/news.hpp and relay/early.hpp: what was heard lately, and how far copies are wanted unasked.
#include "core/relay/news.hpp"

#include <doctest/doctest.h>

#include "base/limits/relay.hpp"
#include "core/relay/early.hpp"
#include "unit/item/samples.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::LinkId;
using base::Millis;

base::ItemId id(std::uint32_t number) {
    return samples::numbered<base::ItemId>(number);
}

struct Hearing {
    News news;
    base::MonoTime now{Millis(1000)};
    const LinkId alice{1}, bob{2};
    std::size_t due() {
        std::size_t count = 0;
        for (const auto& [link, ids] : news.take_due(now)) count += ids.size();
        return count;
    }
};

TEST_CASE_FIXTURE(Hearing, "of one link's ids that never come the oldest gives way to the newest") {
    for (std::uint32_t at = 0; at < limits::announced_per_link_max; ++at) {
        REQUIRE(news.on_announced(id(at), alice, now).is_new);
        now += Millis(1);
    }
    CHECK(news.on_announced(id(1 << 20), alice, now).is_new);
    CHECK(news.find(id(0)) == nullptr);
    CHECK(news.find(id(1)) != nullptr);
    CHECK(news.waiting_on(alice) == limits::announced_per_link_max);
    CHECK(news.on_announced(id(1), alice, now).again);
    news.on_copy(id(1), bob, 1, now);  // one came: room for one
    CHECK(news.on_announced(id(1 << 21), alice, now).is_new);
    CHECK(news.find(id(2)) != nullptr);
    news.check();
}

TEST_CASE_FIXTURE(Hearing,
                  "when all places are taken, the link with the most makes room, and nobody else") {
    constexpr std::uint32_t few = 10;
    for (std::uint32_t at = 0; at < few; ++at) REQUIRE(news.on_announced(id(at), bob, now).is_new);
    now += Millis(1);
    for (std::uint32_t at = few; at < limits::news_max; ++at) {
        const LinkId link{100 + at / limits::announced_per_link_max};
        REQUIRE(news.on_announced(id(at), link, now).is_new);
    }
    REQUIRE(news.size() == limits::news_max);
    for (std::uint32_t at = 0; at < 1000; ++at) {
        REQUIRE(news.on_announced(id((1 << 20) + at), alice, now).is_new);
        REQUIRE(news.on_copy(id((1 << 21) + at), alice, 1, now) != nullptr);
    }
    CHECK(news.size() == limits::news_max);
    CHECK(news.waiting_on(bob) == few);
    CHECK(news.waiting_on(alice) == 1000);
    news.check();
    now += limits::vain_memory;
    news.forget_old(now);
    CHECK(news.size() == 0);
    CHECK(news.next_deadline() == base::never);
    news.check();
}

TEST_CASE_FIXTURE(Hearing, "an id whose announcers all left is forgotten, one that came is not") {
    news.on_announced(id(1), alice, now);
    news.on_announced(id(2), alice, now);
    news.on_announced(id(2), bob, now);
    news.on_announced(id(3), alice, now);
    news.on_copy(id(3), alice, 1, now);
    news.on_link_gone(alice, now);
    CHECK(news.find(id(1)) == nullptr);
    CHECK(news.find(id(2)) != nullptr);
    CHECK(news.find(id(3)) != nullptr);
    CHECK(news.waiting_on(bob) == 1);
    news.check();
}

TEST_CASE_FIXTURE(
    Hearing,
    "what counted against a link that left counts against the next announcer, within its places") {
    for (std::uint32_t at = 0; at < limits::announced_per_link_max; ++at) {
        news.on_announced(id(at), alice, now);
        news.on_announced(id(at), bob, now);
        news.on_announced(id((1 << 20) + at), bob, now);
    }
    news.on_link_gone(alice, now);
    CHECK(news.waiting_on(bob) == limits::announced_per_link_max);
    news.check();
}

TEST_CASE_FIXTURE(
    Hearing,
    "an announcer that comes when all places of an item are taken replaces one that failed") {
    for (std::uint64_t at = 0; at < limits::announcers_max; ++at)
        REQUIRE(news.on_announced(id(1), LinkId{100 + at}, now).heard != nullptr);
    const auto asked = [&] { return news.take_due(now).begin()->first; };
    CHECK(asked() == LinkId{100});
    news.on_announced(id(1), alice, now);
    CHECK(!news.find(id(1))->is_announcer(alice));  // nobody failed yet
    now += limits::answer_wait_max;
    CHECK(asked() == LinkId{101});
    now += limits::answer_wait_max;
    CHECK(asked() == LinkId{102});
    news.on_announced(id(1), alice, now);
    CHECK(news.find(id(1))->is_announcer(alice));
    CHECK(news.find(id(1))->announcers.size() == limits::announcers_max);
    news.check();
}

TEST_CASE_FIXTURE(Hearing, "what came is forgotten soon") {
    news.on_announced(id(1), alice, now);
    CHECK(due() == 1);
    news.on_copy(id(1), alice, 4, now);
    CHECK(news.next_deadline() == base::never);
    now += limits::news_memory;
    news.forget_old(now);
    CHECK(news.size() == 0);
}

TEST_CASE_FIXTURE(Hearing, "waiting for an answer adapts to what answers take, within bounds") {
    for (std::uint32_t at = 0; at < 100; ++at) {
        news.on_announced(id(at), alice, now);
        due();
        now += Millis(2000);
        news.on_copy(id(at), alice, 1, now);
    }
    news.on_announced(id(1000), alice, now);
    due();
    CHECK(news.next_deadline() > now + Millis(7000));
    CHECK(news.next_deadline() <= now + limits::answer_wait_max);
}

TEST_CASE_FIXTURE(
    Hearing, "a link that answers at the last moment makes nobody else's answer awaited longer") {
    const LinkId carol{3};
    for (std::uint32_t at = 0; at < 300; ++at) {
        const LinkId link = at % 3 == 0 ? alice : at % 3 == 1 ? bob : carol;
        news.on_announced(id(at), link, now);
        due();
        now += link == alice ? Millis(9000) : Millis(300);
        news.on_copy(id(at), link, 1, now);
    }
    news.on_announced(id(1000), alice, now);
    due();
    CHECK(news.next_deadline() == now + limits::answer_wait_min);
}

// Alice announces it first and is asked, bob brings it after that time.
void withhold(Hearing& here, std::uint32_t number) {
    here.news.on_announced(id(number), here.alice, here.now);
    here.due();
    here.now += limits::answer_wait_max;
    here.due();
    here.news.on_copy(id(number), here.bob, 1, here.now);
}

TEST_CASE_FIXTURE(
    Hearing, "who withholds what others bring is in debt, asked last, and pays by delivering") {
    for (std::uint32_t at = 0; at < limits::debts_max; ++at) withhold(*this, at);
    CHECK(news.in_debt(alice));
    CHECK(!news.in_debt(bob));
    news.on_announced(id(50), alice, now);
    news.on_announced(id(50), bob, now);
    CHECK(news.take_due(now).begin()->first == bob);
    now += limits::answer_wait_max;
    CHECK(news.take_due(now).begin()->first == alice);
    news.on_copy(id(50), alice, 1, now);
    CHECK_FALSE(news.in_debt(alice));
    CHECK_FALSE(news.in_debt(bob));  // one is not three
    withhold(*this, 60);
    CHECK(news.in_debt(alice));  // one delivered item pays for one, not for all
}

TEST_CASE_FIXTURE(Hearing, "what nobody brings is nobody's debt") {
    for (std::uint32_t at = 0; at < 100; ++at) {
        news.on_announced(id(at), alice, now);
        news.on_announced(id(at), bob, now);
        for (int times = 0; times < 3; ++times) {
            due();
            now += limits::answer_wait_max;
        }
    }
    CHECK_FALSE(news.in_debt(alice));
    CHECK_FALSE(news.in_debt(bob));
}

TEST_CASE("a node wants copies pushed from further off while they are no duplicates") {
    Early early;
    CHECK(early.level() == 1);
    for (int at = 0; at < 1000; ++at) early.on_delivered(1);
    CHECK(early.level() == limits::early_hops_max);
}

TEST_CASE("a node whose pushed copies come twice goes back, and tries again ever more rarely") {
    Early early;
    std::size_t duplicates = 0;
    const std::size_t deliveries = 4000;
    for (std::size_t at = 0; at < deliveries; ++at) {
        early.on_delivered(1);
        if (early.level() == 0) continue;
        ++duplicates;
        early.on_duplicate(1);
    }
    CHECK(early.level() == 0);
    CHECK(duplicates < deliveries / 100);
    CHECK(duplicates > 3);  // it did try again
}

TEST_CASE("one duplicate among many deliveries changes nothing") {
    Early early;
    for (int at = 0; at < 2000; ++at) {
        early.on_delivered(1);
        if (at % 25 == 0) early.on_duplicate(1);
    }
    CHECK(early.level() == 1);
}

TEST_CASE("many links together bear no more duplicates than one") {
    constexpr std::size_t links = 16;
    std::vector<Early> all(links);
    std::size_t duplicates = 0;
    const std::size_t deliveries = 16'000;
    for (std::size_t at = 0; at < deliveries; ++at) {
        for (Early& early : all) early.on_delivered(links);
        Early& pushing = all[at % links];  // each pushed copy is one too many
        if (pushing.level() == 0) continue;
        ++duplicates;
        pushing.on_duplicate(links);
    }
    CHECK(duplicates < deliveries / 40);
}

}  // namespace
}  // namespace hearsay::core
