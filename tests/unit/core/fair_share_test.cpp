// relay/fair_share.hpp: who may pass on how many ids ahead of their items.
#include "core/relay/fair_share.hpp"

#include <doctest/doctest.h>

#include "base/limits/relay.hpp"
#include "unit/item/samples.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::LinkId;
using base::Millis;

struct Sharing {
    FairShare share;
    base::MonoTime now{Millis(1000)};
    std::uint32_t next = 0;

    base::ItemId fresh() { return samples::numbered<base::ItemId>(++next); }
    bool take(LinkId link) { return share.take(fresh(), link, now); }
    std::size_t take_all(LinkId link) {
        std::size_t taken = 0;
        while (taken <= limits::ahead_max && take(link)) ++taken;
        return taken;
    }
    LinkId source(std::uint64_t number) {
        share.on_brought_news(LinkId{number});
        return LinkId{number};
    }
};

TEST_CASE_FIXTURE(Sharing, "a source may take all places, and gives way to any that holds fewer") {
    const LinkId greedy = source(1);
    CHECK(take_all(greedy) == limits::ahead_max);
    CHECK(!take(greedy));
    CHECK(take(source(2)));
    CHECK(share.taken() == limits::ahead_max);
    CHECK(take_all(source(2)) == limits::ahead_max / 2 - 1);
    CHECK(take(greedy) == false);
}

TEST_CASE_FIXTURE(Sharing, "however many are greedy, who holds few always gets a place") {
    constexpr std::uint64_t greedy = 60;
    for (int times = 0; times < 3; ++times)
        for (std::uint64_t at = 1; at <= greedy; ++at) take_all(source(at));
    for (std::uint64_t at = 1; at <= greedy; ++at) CHECK(!take(LinkId{at}));
    CHECK(share.taken() == limits::ahead_max);
    const LinkId honest = source(greedy + 1);
    for (std::size_t at = 0; at < limits::ahead_max / (greedy + 1); ++at) CHECK(take(honest));
}

TEST_CASE_FIXTURE(Sharing, "sources that flood do not take places from each other without end") {
    const LinkId one = source(1), other = source(2);
    std::size_t taken = 0;
    for (std::size_t at = 0; at < 3 * limits::ahead_max; ++at)
        taken += (take(one) ? 1 : 0) + (take(other) ? 1 : 0);
    CHECK(taken == limits::ahead_max);
}

TEST_CASE_FIXTURE(Sharing, "links that have brought nothing are one source together") {
    CHECK(take_all(LinkId{1}) == limits::ahead_max);
    CHECK(!take(LinkId{2}));
    CHECK(take(source(3)));
}

TEST_CASE_FIXTURE(Sharing, "who leaves and comes again finds its places taken") {
    take_all(source(1));
    take_all(source(2));
    share.on_link_gone(LinkId{1});
    CHECK(!take(LinkId{3}));  // it has what the other left
    share.on_link_gone(LinkId{2});
    CHECK(share.taken() == limits::ahead_max);
    CHECK(!take(LinkId{4}));
    CHECK(take(source(5)));
}

TEST_CASE_FIXTURE(Sharing, "what comes frees its place, what does not does so after a while") {
    const LinkId link = source(1);
    const base::ItemId first = fresh();
    CHECK(share.take(first, link, now));
    CHECK(share.take(first, link, now));  // it has a place
    CHECK(share.taken() == 1);
    take_all(link);
    CHECK(!take(link));
    share.on_came(first);
    CHECK(share.taken() == limits::ahead_max - 1);
    CHECK(take(link));
    now += limits::ahead_memory;
    CHECK(take(link));
    CHECK(share.taken() == 1);
}

}  // namespace
}  // namespace hearsay::core
