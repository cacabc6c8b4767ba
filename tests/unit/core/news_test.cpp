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

TEST_CASE_FIXTURE(Hearing, "one link cannot make us wait for more than its share") {
    for (std::uint32_t at = 0; at < limits::announced_per_link_max; ++at)
        REQUIRE(news.on_announced(id(at), alice, now).is_new);
    CHECK(news.on_announced(id(1 << 20), alice, now).heard == nullptr);
    CHECK(news.on_announced(id(1 << 20), bob, now).is_new);
    CHECK(news.on_announced(id(1), alice, now).again);
    news.on_copy(id(0), bob, 1, now);  // one came: room for one
    CHECK(news.on_announced(id(1 << 21), alice, now).is_new);
}

TEST_CASE_FIXTURE(Hearing, "all links together are remembered up to a limit, and forgotten in time") {
    for (std::uint32_t at = 0; at < limits::news_max; ++at) {
        const LinkId link{1 + at / limits::announced_per_link_max};
        REQUIRE(news.on_announced(id(at), link, now).is_new);
    }
    CHECK(news.on_announced(id(1 << 20), LinkId{99}, now).heard == nullptr);
    CHECK(news.on_copy(id(1 << 20), LinkId{99}, 1, now) == nullptr);
    now += limits::vain_memory;
    news.forget_old(now);
    CHECK(news.size() == 0);
    CHECK(news.next_deadline() == base::never);
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

TEST_CASE_FIXTURE(Hearing, "who is in debt is asked last, and out of debt once it delivers") {
    for (std::uint32_t at = 0; at < limits::debts_max; ++at) {
        news.on_announced(id(at), alice, now);
        due();
        now += limits::answer_wait_max;
        due();
    }
    CHECK(news.in_debt(alice));
    news.on_announced(id(50), alice, now);
    news.on_announced(id(50), bob, now);
    CHECK(news.take_due(now).begin()->first == bob);
    now += limits::answer_wait_max;
    CHECK(news.take_due(now).begin()->first == alice);
    news.on_copy(id(50), alice, 1, now);
    CHECK_FALSE(news.in_debt(alice));
}

TEST_CASE("a node wants copies pushed from further off while they are no duplicates") {
    Early early;
    CHECK(early.level() == 1);
    for (int at = 0; at < 1000; ++at) early.on_delivered();
    CHECK(early.level() == limits::early_hops_max);
}

TEST_CASE("a node whose pushed copies come twice goes back, and tries again ever more rarely") {
    Early early;
    std::size_t duplicates = 0;
    const std::size_t deliveries = 4000;
    for (std::size_t at = 0; at < deliveries; ++at) {
        early.on_delivered();
        if (early.level() == 0) continue;
        ++duplicates;
        early.on_duplicate();
    }
    CHECK(early.level() == 0);
    CHECK(duplicates < deliveries / 100);
    CHECK(duplicates > 3);  // it did try again
}

TEST_CASE("one duplicate among many deliveries changes nothing") {
    Early early;
    for (int at = 0; at < 2000; ++at) {
        early.on_delivered();
        if (at % 25 == 0) early.on_duplicate();
    }
    CHECK(early.level() == 1);
}

}  // namespace
}  // namespace hearsay::core
