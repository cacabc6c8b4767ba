#include "sim/memory_store.hpp"

#include <doctest/doctest.h>

#include "sim/oracle.hpp"

using namespace hearsay;
using core::Presence;

namespace {

constexpr base::WallTime noon = base::from_unix_seconds(1'800'000'000);

struct Fixture {
    sim::Oracle oracle{base::Rng(base::Secret{})};
    sim::MemoryStore store;
    item::ReadPtr first =
        oracle[oracle.make(noon, {}, base::Seconds(1200), sim::Purpose::offer)].item;
    item::ReadPtr second = oracle[oracle.renew(0, noon, {}, false)].item;

    void keep(const item::ReadPtr& item) {
        store.apply(core::Store{item, noon + base::Seconds(86400)});
    }
    void forget(const item::ReadPtr& item) {
        store.apply(
            core::Forget{item->id, core::ForgetReason::superseded, noon + base::Seconds(86400)});
    }
    std::optional<core::SlotState> slot() const {
        return store.slot(item::thing_of(*first->header.publication()));
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a turn that is rolled back leaves the store as it was") {
    keep(first);
    store.commit();
    forget(first);
    keep(second);
    store.roll_back();
    CHECK(store.presence(first->id) == Presence::alive);
    CHECK(store.presence(second->id) == Presence::unknown);
    CHECK(slot()->id == first->id);
    CHECK(store.newest(UINT64_MAX, 10).size() == 1);
    CHECK(store.expired(noon + base::Seconds(1200), 10) == std::vector{first->id});
}

TEST_CASE_FIXTURE(Fixture, "a better nonce takes the old one's place, and goes with its turn") {
    store.apply(core::Store{first, noon + base::Seconds(86400), 3, 7});
    store.commit();
    const auto before = store.position(first->id);
    store.apply(core::Improve{first->id, 77, 9});
    CHECK(store.get(first->id)->item.nonce == 77);
    CHECK(store.standing(first->id)->level == 9);
    CHECK(store.position(first->id) == before);
    CHECK(store.lowest_piles(item::store_class(first->header.kind), 0).front() ==
          core::PileCount{9, 7, 1});
    store.roll_back();
    CHECK(store.get(first->id)->item.nonce == first->item.nonce);
    CHECK(store.standing(first->id)->level == 3);
    store.shelves().sanity_check();
}

TEST_CASE_FIXTURE(Fixture, "a store that is broken commits nothing until it is mended") {
    store.break_commits(true);
    keep(first);
    REQUIRE_FALSE(store.commit());
    store.roll_back();
    CHECK(store.presence(first->id) == Presence::unknown);
    store.break_commits(false);
    keep(first);
    REQUIRE(store.commit());
    store.roll_back();
    CHECK(store.presence(first->id) == Presence::alive);
}

TEST_CASE_FIXTURE(Fixture, "a store whose file was lost is empty, and of another life") {
    keep(first);
    REQUIRE(store.commit());
    const std::uint64_t life = store.life();
    store.begin_anew();
    CHECK(store.presence(first->id) == Presence::unknown);
    CHECK(store.last_position() == 0);
    CHECK(store.life() != life);
}

TEST_CASE_FIXTURE(Fixture, "what is alive is seen by kind and order, and publications by id") {
    const item::ReadPtr other =
        oracle[oracle.make(noon, {}, base::Seconds(1200), sim::Purpose::offer)].item;
    keep(first);
    keep(other);
    std::vector<base::ItemId> newest;
    store.of_kind(item::kind_offer, UINT64_MAX, [&](core::Position, const item::ReadPtr& item) {
        newest.push_back(item->id);
        return true;
    });
    CHECK(newest == std::vector{other->id, first->id});
    std::vector<base::ItemId> since;
    store.of_kind_since(item::kind_offer, 1, [&](core::Position, const item::ReadPtr& item) {
        since.push_back(item->id);
        return true;
    });
    CHECK(since == std::vector{other->id});
    CHECK(store.count_of_kind(item::kind_offer) == 2);
    CHECK(store.count_of_kind(item::kind_mail) == 0);
    CHECK(store.last_position() == 2);
    const auto thing_of = [](const item::ReadPtr& item) {
        return item::thing_of(*item->header.publication());
    };
    const item::ThingId later = std::max(thing_of(first), thing_of(other));
    std::vector<item::ThingId> things;
    store.things(later, [&](const item::ThingId& thing, const core::SlotState&) {
        things.push_back(thing);
        return true;
    });
    CHECK(things == std::vector{later});
}

TEST_CASE_FIXTURE(Fixture, "a turn that is committed cannot be rolled back") {
    keep(first);
    forget(first);
    keep(second);
    store.commit();
    store.roll_back();
    CHECK(store.presence(first->id) == Presence::gone);
    CHECK(store.presence(second->id) == Presence::alive);
    CHECK(slot()->id == second->id);
}

TEST_CASE_FIXTURE(Fixture, "a sweep forgets what is over, and no more than it was allowed to") {
    keep(first);
    forget(first);
    store.apply(core::Sweep{noon, 10});
    CHECK(store.presence(first->id) == Presence::gone);
    store.apply(core::Sweep{noon + base::Seconds(86400), 0});
    CHECK(store.presence(first->id) == Presence::gone);
    store.apply(core::Sweep{noon + base::Seconds(86400), 10});
    CHECK(store.presence(first->id) == Presence::unknown);
    CHECK(!slot());
}

TEST_CASE_FIXTURE(Fixture,
                  "the oracle calls a genuine copy good and every spoiled one by its fault") {
    // not mined
    const item::ReadPtr third =
        oracle[oracle.make(noon, {}, base::Seconds(1200), sim::Purpose::offer)].item;
    CHECK(!oracle.verdict(*first));
    CHECK(!item::check_costly(*first));  // the first of a run is mined
    CHECK(!oracle.verdict(*third));
    item::Read spoiled = *third;
    spoiled.item.payload[0] ^= 1;
    CHECK(oracle.verdict(spoiled) == base::Fault::item_bad_payload);
    spoiled = *third;
    spoiled.item.nonce += 1;
    CHECK(oracle.verdict(spoiled) == base::Fault::item_little_work);
    spoiled = *third;
    spoiled.item.signature[0] ^= 1;
    spoiled.id = item::id_of(spoiled.item.header, spoiled.item.signature);
    CHECK(oracle.verdict(spoiled) == base::Fault::item_bad_signature);
}
