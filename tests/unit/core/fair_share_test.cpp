// relay/fair_share.hpp: who may pass on how many ids ahead of their items.
#include "core/relay/fair_share.hpp"

#include <doctest/doctest.h>

#include "base/limits/relay.hpp"
#include "base/rng.hpp"
#include "unit/item/samples.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::LinkId;
using base::Millis;

constexpr std::size_t few = limits::ahead_unproven_link_max;
constexpr std::size_t few_together = limits::ahead_unproven_max;

struct Sharing {
    FairShare share;
    base::MonoTime now{Millis(1000)};
    std::uint32_t next = 0;

    ~Sharing() { share.sanity_check(); }
    base::ItemId fresh() { return samples::numbered<base::ItemId>(++next); }
    bool take(LinkId link) { return share.take(fresh(), link, now); }
    std::size_t take_all(LinkId link) {
        std::size_t taken = 0;
        while (taken <= limits::ahead_max && take(link)) ++taken;
        return taken;
    }
    LinkId proven(std::uint64_t number) {
        share.on_brought_news(LinkId{number});
        return LinkId{number};
    }
};

TEST_CASE_FIXTURE(Sharing,
                  "a proven link may take all places, and gives way to any that holds fewer") {
    const LinkId greedy = proven(1);
    CHECK(take_all(greedy) == limits::ahead_max);
    CHECK(!take(greedy));
    CHECK(take(proven(2)));
    CHECK(share.taken() == limits::ahead_max);
    CHECK(take_all(proven(2)) == limits::ahead_max / 2 - 1);
    CHECK(take(greedy) == false);
}

TEST_CASE_FIXTURE(Sharing, "however many are greedy, who holds few always gets a place") {
    constexpr std::uint64_t greedy = 60;
    for (int times = 0; times < 3; ++times)
        for (std::uint64_t at = 1; at <= greedy; ++at) take_all(proven(at));
    for (std::uint64_t at = 1; at <= greedy; ++at) CHECK(!take(LinkId{at}));
    CHECK(share.taken() == limits::ahead_max);
    const LinkId honest = proven(greedy + 1);
    for (std::size_t at = 0; at < limits::ahead_max / (greedy + 1); ++at) CHECK(take(honest));
}

TEST_CASE_FIXTURE(Sharing, "links that flood do not take places from each other without end") {
    const LinkId one = proven(1), other = proven(2);
    std::size_t taken = 0;
    for (std::size_t at = 0; at < 3 * limits::ahead_max; ++at)
        taken += (take(one) ? 1 : 0) + (take(other) ? 1 : 0);
    CHECK(taken == limits::ahead_max);
}

TEST_CASE_FIXTURE(
    Sharing, "a link that has brought nothing has few places, and all such together not many") {
    for (std::uint64_t at = 1; at <= few_together / few; ++at) CHECK(take_all(LinkId{at}) == few);
    CHECK(!take(LinkId{1000}));
    CHECK(take_all(proven(1001)) == limits::ahead_max - few_together);
}

TEST_CASE_FIXTURE(Sharing,
                  "it may take as many as any once it has brought something, and others its few") {
    for (std::uint64_t at = 1; at <= few_together / few; ++at) take_all(LinkId{at});
    proven(1);
    CHECK(take_all(LinkId{1000}) == few);
    CHECK(!take(LinkId{1001}));
    CHECK(take_all(LinkId{1}) == limits::ahead_max - few_together - few);
}

TEST_CASE_FIXTURE(
    Sharing, "who leaves without having brought anything and comes again finds its places taken") {
    for (std::uint64_t at = 1; at <= few_together / few; ++at) {
        take_all(LinkId{at});
        share.on_link_gone(LinkId{at});
    }
    CHECK(!take(LinkId{1000}));
    now += limits::ahead_memory;
    CHECK(take(LinkId{1000}));
}

TEST_CASE_FIXTURE(Sharing,
                  "what links held that are gone is one holder, and takes none from strangers") {
    take_all(proven(1));
    take_all(proven(2));
    share.on_link_gone(LinkId{1});
    share.on_link_gone(LinkId{2});
    CHECK(share.taken() == limits::ahead_max);
    CHECK(take_all(LinkId{3}) == few);
    CHECK(take_all(proven(4)) == (limits::ahead_max - few) / 2);
    CHECK(share.taken() == limits::ahead_max);
}

TEST_CASE_FIXTURE(Sharing, "what comes frees its place, what does not does so after a while") {
    const LinkId link = proven(1);
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

TEST_CASE_FIXTURE(Sharing, "what comes frees the place of a link that has brought nothing, too") {
    const LinkId link{1};
    const base::ItemId first = fresh();
    CHECK(share.take(first, link, now));
    CHECK(take_all(link) == few - 1);
    share.on_came(first);
    CHECK(take_all(link) == 1);
}

TEST_CASE_FIXTURE(Sharing, "its figures hold whatever happens in which order") {
    base::Rng rng(samples::filled<base::Secret>(7));
    std::vector<base::ItemId> known;
    constexpr int rounds = 20'000;
    for (int round = 0; round < rounds; ++round) {
        const LinkId link{rng.below(40)};
        const std::uint64_t what = rng.below(100);
        if (what < 90) {
            known.push_back(fresh());
            share.take(known.back(), link, now);
        } else if (what < 94) {
            share.on_came(known[rng.below(known.size())]);
        } else if (what < 96) {
            share.on_brought_news(link);
        } else if (what < 97) {
            share.on_link_gone(link);
        } else {
            now += Millis(rng.below(10'000));
        }
        if (round % 100 == 0) share.sanity_check();
    }
    CHECK(share.taken() > 0);
}

}  // namespace
}  // namespace hearsay::core
