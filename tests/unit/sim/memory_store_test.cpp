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
    item::ReadPtr first = oracle[oracle.make(noon, {}, base::Seconds(1200), sim::Purpose::offer)].item;
    item::ReadPtr second = oracle[oracle.renew(0, noon, {}, false)].item;

    void keep(const item::ReadPtr& item) { store.apply(core::Store{item, noon + base::Seconds(86400)}); }
    void forget(const item::ReadPtr& item) {
        store.apply(core::Forget{item->id, core::ForgetReason::superseded, noon + base::Seconds(86400)});
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
    store.apply(core::KeepPeer{});
    store.rollback();
    CHECK(store.presence(first->id) == Presence::alive);
    CHECK(store.presence(second->id) == Presence::unknown);
    CHECK(slot()->id == first->id);
    CHECK(store.newest(UINT64_MAX, 10).size() == 1);
    CHECK(store.expired(noon + base::Seconds(1200), 10) == std::vector{first->id});
    CHECK(store.peers().empty());
}

TEST_CASE_FIXTURE(Fixture,
                  "candidates are kept, one by each source, and a crash loses what was not committed") {
    const base::PeerId one{{1}}, two{{2}}, source{{9}};
    store.apply(core::KeepCandidate{{one, source, noon}});
    store.apply(core::KeepCandidate{{one, two, noon}});
    store.commit();
    store.apply(core::DropCandidate{one, source});
    store.apply(core::KeepCandidate{{two, source, noon}});
    REQUIRE(store.candidates().size() == 2);
    store.rollback();
    const std::vector<core::Candidate> kept{{one, two, noon}, {one, source, noon}};
    CHECK(store.candidates() == kept);
}

TEST_CASE_FIXTURE(Fixture, "a turn that is committed cannot be rolled back") {
    keep(first);
    forget(first);
    keep(second);
    store.commit();
    store.rollback();
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

TEST_CASE_FIXTURE(Fixture, "the oracle calls a genuine copy good and every spoiled one by its fault") {
    const item::ReadPtr third =
        oracle[oracle.make(noon, {}, base::Seconds(1200), sim::Purpose::offer)].item;  // not mined
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
