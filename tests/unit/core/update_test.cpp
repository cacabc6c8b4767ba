// Updates and removals: the higher sequence wins, a tie goes to the smaller id,
// what is gone stays gone.
#include <doctest/doctest.h>

#include "base/limits/items.hpp"
#include "base/limits/relay.hpp"
#include "fixture.hpp"

namespace hearsay::core {
namespace {

struct Updating : Fixture {
    item::Item first =
        named("first", samples::publication({.sequence = 1, .lifetime = Seconds(86400)}));
    item::Item second =
        named("second", samples::publication({.sequence = 2, .lifetime = Seconds(7200)}));
    item::Item removal = named("removal", samples::publication({.sequence = 3, .removed = true}));
    Updating() { connect(bob); }

    std::string take(const item::Item& item) {
        const std::string said = receive(bob, item);
        return said == "verify " + names.of(item) ? verified(item) : said;
    }
};

TEST_CASE_FIXTURE(Updating, "a higher sequence replaces the older version") {
    CHECK(take(first) == "store first; stored first");
    CHECK(take(second) == "forget first superseded; forgotten first; store second; stored second");
    CHECK(!holds(first));
    CHECK(holds(second));
}

TEST_CASE_FIXTURE(Updating,
                  "a lower sequence is refused without a verification and without blame") {
    take(second);
    CHECK(take(first) == "refused bob item_superseded");
    CHECK(linked(bob));
    CHECK(verifications == 1);
}

TEST_CASE_FIXTURE(Updating, "a replaced version is dropped in silence when it comes back") {
    take(first);
    take(second);
    CHECK(take(first) == "");
    CHECK(store.presence(id(first)) == Presence::gone);
}

TEST_CASE_FIXTURE(Updating, "a replaced version is remembered until its end plus grace") {
    take(first);
    take(second);
    const auto& forget = std::get<Forget>(last.front());
    CHECK(forget.remember_until == samples::noon + Seconds(86400) + limits::grace);
}

TEST_CASE_FIXTURE(Updating,
                  "of two versions with one sequence the smaller id stays, in either order") {
    const item::Item one = samples::publication({.payload = "one"});
    const item::Item two = samples::publication({.payload = "two"});
    const item::Item& small = id(one) < id(two) ? one : two;
    const item::Item& large = id(one) < id(two) ? two : one;
    named("small", small);
    named("large", large);
    SUBCASE("the smaller first") {
        take(small);
        CHECK(take(large) == "refused bob item_superseded");
    }
    SUBCASE("the larger first") {
        take(large);
        CHECK(take(small) == "forget large superseded; forgotten large; store small; stored small");
    }
    CHECK(holds(small));
    CHECK(!holds(large));
}

TEST_CASE_FIXTURE(Updating, "a removal forgets the thing and is itself kept and relayed") {
    connect(carol);
    take(first);
    CHECK(take(removal) ==
          "forget first removed; forgotten first; store removal; stored removal; tell carol items "
          "removal");
    CHECK(store.slot(item::thing_of(*samples::accepted(first)->header.publication())) ==
          SlotState{3, id(removal), true});
}

TEST_CASE_FIXTURE(Updating,
                  "a removed thing does not return, even after the removal itself has expired") {
    take(removal);
    now.wall = samples::noon + Seconds(3600);
    wait(limits::sweep_interval);
    CHECK(!holds(removal));
    CHECK(take(first) == "refused bob item_superseded");
}

TEST_CASE_FIXTURE(Updating, "the slot is remembered for as long as anything older could be shown") {
    take(removal);
    const auto& stored = std::get<Store>(last.front());
    // Made at most now + future_max, living at most lifetime_max, shown by clocks off by grace.
    CHECK(stored.slot_until ==
          now.wall + limits::lifetime_max + limits::future_max + limits::grace);
    CHECK(store.remembered_slots() == 1);
    now.wall = stored.slot_until;
    wait(limits::sweep_interval);
    CHECK(store.remembered_slots() == 0);
}

TEST_CASE_FIXTURE(Updating, "a version from the future is outlived by the memory of its slot") {
    now.wall = samples::noon - limits::future_max;
    take(removal);
    CHECK(std::get<Store>(last.front()).slot_until ==
          samples::noon + limits::lifetime_max + limits::future_max + limits::grace);
}

TEST_CASE_FIXTURE(Updating, "a thing may come back with a higher sequence than its removal") {
    take(removal);
    const item::Item again = named("again", samples::publication({.sequence = 4}));
    CHECK(take(again) == "forget removal superseded; forgotten removal; store again; stored again");
}

TEST_CASE_FIXTURE(Updating, "a version overtaken while it was verified is not stored") {
    receive(bob, first);
    receive(bob, second);
    verified(second);
    CHECK(verified(first) == "");
    CHECK(holds(second));
    CHECK(!holds(first));
}

TEST_CASE_FIXTURE(Updating, "publishers and slots do not touch each other") {
    take(second);
    CHECK(take(named("other", samples::publication({.slot = 2}))) == "store other; stored other");
    CHECK(take(named("stranger", samples::publication({.persona = 2}))) ==
          "store stranger; stored stranger");
}

struct Removing : Updating {
    base::Secret secret = samples::filled<base::Secret>(9);
    item::Item letter = named("letter", samples::mail_of(secret));
    item::Item end = named("end", samples::removal(letter, secret));
};

TEST_CASE_FIXTURE(Removing, "the removal of a mail forgets it and is itself kept and relayed") {
    connect(carol);
    take(letter);
    CHECK(take(end) ==
          "forget letter removed; forgotten letter; store end; stored end; tell carol items end");
    CHECK(!holds(letter));
    CHECK(store.presence(id(letter)) == Presence::gone);
}

TEST_CASE_FIXTURE(Removing, "a mail whose removal came first never enters, whoever brings it") {
    take(end);
    CHECK(take(letter) == "refused bob item_superseded");
    CHECK(store.presence(id(letter)) == Presence::unknown);
}

TEST_CASE_FIXTURE(Removing, "a removed mail does not return after its removal was swept away") {
    take(letter);
    take(end);
    now.wall = samples::accepted(end)->header.expires;
    wait(limits::sweep_interval);
    CHECK(!holds(end));
    now.wall = samples::noon + Seconds(100);  // our clock was wrong
    CHECK(take(letter) == "");
    CHECK(!holds(letter));
}

TEST_CASE_FIXTURE(Removing,
                  "of two removals of one mail the smaller id stays, in whatever order they come") {
    const item::Item later = samples::removal(letter, secret, samples::noon + Seconds(600));
    const bool smaller = id(later) < id(end);
    const item::Item low = named("low", smaller ? later : end);
    const item::Item high = named("high", smaller ? end : later);
    SUBCASE("the larger first") {
        take(high);
        CHECK(take(low) == "forget high removed; forgotten high; store low; stored low");
    }
    SUBCASE("the smaller first") {
        take(low);
        CHECK(take(high) == "refused bob item_superseded");
    }
    CHECK(holds(low));
    CHECK(!holds(high));
}

TEST_CASE_FIXTURE(
    Removing,
    "a removal that does not verify is refused, costs its bearer the link and removes nothing") {
    take(letter);
    receive(carol, letter);
    receive(bob, end);
    CHECK(verified(end, Fault::item_bad_removal) ==
          "refused bob item_bad_removal; end bob item_bad_removal");
    CHECK(holds(letter));
}

TEST_CASE_FIXTURE(Updating, "mail has no versions") {
    CHECK(take(named("letter", samples::mail({.slot = 1}))) == "store letter; stored letter");
    CHECK(take(named("reply", samples::mail({.slot = 1, .payload = "again"}))) ==
          "store reply; stored reply");
}

TEST_CASE_FIXTURE(
    Updating,
    "an expired item leaves the store at its second and may return if our clock was wrong") {
    take(first);
    now.wall = samples::noon + Seconds(86400) - Seconds(31);
    CHECK(wait(Millis(30'000)) == "sweep");
    CHECK(wait(limits::sweep_interval).starts_with("forget first expired; forgotten first; sweep"));
    CHECK(store.presence(id(first)) == Presence::unknown);
    now.wall = samples::noon + Seconds(100);
    CHECK(take(first) == "store first; stored first");
}

}  // namespace
}  // namespace hearsay::core
