// The removal of a mail in the flood store: it leaves a slot under the mail's id,
// the mail itself leaves none.
#include <doctest/doctest.h>

#include "unit/store/fixture.hpp"

namespace hearsay::store {
namespace {

using namespace testing;
using core::Presence;

struct Fixture : FloodFixture {
    base::Secret secret = seed_of(9);
    item::ReadPtr letter = read_back(item::make_mail(
        {item::Network::sim, item::kind_mail, noon, 24 * hour},
        {item::removal_commitment(secret), base::Digest{}}, base::Bytes(3584, 0x5a)));
    item::ReadPtr removal =
        read_back(item::make_removal(item::Network::sim, noon, letter->item.header, secret));
    item::ThingId thing{letter->id.data};

    static item::ReadPtr read_back(item::Item item) {
        return *item::read(std::move(item), item::Network::sim);
    }
};

TEST_CASE_FIXTURE(Fixture, "mail leaves no slot, its removal one under the mail's id") {
    commit(*flood, {storing(letter)});
    CHECK(!read()->slot(thing));
    commit(*flood, {forgetting(letter->id), storing(removal)});
    CHECK(read()->slot(thing) == core::SlotState{1, removal->id, true});
    CHECK(read()->presence(letter->id) == Presence::gone);
    REQUIRE(read()->get(removal->id));
    CHECK(read()->get(removal->id)->removes == letter->id);
}

TEST_CASE_FIXTURE(Fixture, "the slot outlives the removal and a restart") {
    commit(*flood, {storing(removal)});
    commit(*flood, {forgetting(removal->id)});
    reopen();
    CHECK(read()->slot(thing) == core::SlotState{1, removal->id, true});
}

}  // namespace
}  // namespace hearsay::store
