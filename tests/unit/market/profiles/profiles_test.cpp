// Profiles: one a persona, renewed until removed, with a mailbox that does not stay for ever.
#include "market/profiles/profiles.hpp"

#include <doctest/doctest.h>

#include "base/limits/items.hpp"
#include "base/limits/trades.hpp"
#include "fakes.hpp"
#include "market/address.hpp"

namespace hearsay::market {
namespace {

using base::ErrorCode;

struct Fixture {
    Person alice{1};
    Person bob{2};
    std::string address;

    Fixture() {
        const auto made =
            alice.turn([&](const Turn& turn) { return alice.market->new_persona("shop", turn); });
        REQUIRE(made);
        address = persona_address(made->key);
    }
    base::Result<ProfileView> set(const item::Profile& profile, bool contact = false) {
        return alice.turn([&](const Turn& turn) {
            return alice.market->set_profile("shop", {.profile = profile, .contact = contact},
                                             turn);
        });
    }
    base::Result<ProfileView> remove() {
        return alice.turn(
            [&](const Turn& turn) { return alice.market->remove_profile("shop", turn); });
    }
    base::Result<ProfileView> seen_by(Person& who) {
        return who.market->profile(address, who.store, who.flood);
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a profile is seen by everybody, and by its maker by name") {
    REQUIRE(set({"Ann", "I mend\nbicycles.", {"de"}}));
    settle({&alice, &bob});
    REQUIRE(seen_by(bob));
    CHECK(seen_by(bob)->profile == item::Profile{"Ann", "I mend\nbicycles.", {"de"}});
    CHECK_FALSE(seen_by(bob)->mine);
    CHECK_FALSE(seen_by(bob)->mailbox);
    const auto own = alice.market->profile("shop", alice.store, alice.flood);
    REQUIRE(own);
    CHECK(own->mine);
    CHECK(own->state == PublicationState::published);
    CHECK(bob.market->profiles(bob.store, bob.flood, 10).size() == 1);
    CHECK(alice.market->profiles(alice.store, alice.flood, 10).size() == 1);
    CHECK(bob.market->own_profiles(bob.store).empty());
}

TEST_CASE_FIXTURE(Fixture, "setting it again makes a new version of the one that there is") {
    REQUIRE(set({"Ann"}));
    settle({&alice, &bob});
    REQUIRE(set({"cafe\u0301"}));
    settle({&alice, &bob});
    CHECK(seen_by(bob)->sequence == 2);
    CHECK(seen_by(bob)->profile.nickname == "caf\u00e9");
    CHECK(bob.market->profiles(bob.store, bob.flood, 10).size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "a profile that breaks a rule, and one of nobody, change nothing") {
    CHECK(set({""}).error().code == ErrorCode::invalid);
    const auto nobody = alice.turn([&](const Turn& turn) {
        return alice.market->set_profile("nobody", {.profile = {"Ann"}}, turn);
    });
    REQUIRE_FALSE(nobody);
    CHECK(nobody.error().code == ErrorCode::not_found);
    CHECK(remove().error().code == ErrorCode::not_found);
    CHECK(seen_by(alice).error().code == ErrorCode::not_found);
    CHECK(alice.market->own_profiles(alice.store).empty());
}

TEST_CASE_FIXTURE(Fixture, "a removed profile is gone everywhere, and can be set again") {
    REQUIRE(set({"Ann"}, true));
    settle({&alice, &bob});
    REQUIRE(remove());
    CHECK(remove().error().code == ErrorCode::conflict);
    settle({&alice, &bob});
    CHECK_FALSE(seen_by(bob));
    CHECK(bob.market->profiles(bob.store, bob.flood, 10).empty());
    REQUIRE(set({"Ann"}));
    settle({&alice, &bob});
    REQUIRE(seen_by(bob));
    CHECK(seen_by(bob)->sequence == 3);
}

TEST_CASE_FIXTURE(Fixture, "a profile is renewed before it ends, also after a new start") {
    const auto made = set({"Ann"}, true);
    REQUIRE(made);
    settle({&alice, &bob});
    alice.now = made->expires - base::limits::rating_renewal + base::Seconds(600);
    bob.now = alice.now;
    alice.start();
    alice.tick();
    settle({&alice, &bob});
    REQUIRE(seen_by(bob));
    CHECK(seen_by(bob)->sequence == 2);
    CHECK(seen_by(bob)->expires > made->expires);
    CHECK(seen_by(bob)->profile.nickname == "Ann");
}

TEST_CASE_FIXTURE(Fixture, "its mailbox stays for a version, and is replaced when it is old") {
    const auto made = set({"Ann"}, true);
    REQUIRE(made);
    REQUIRE(made->mailbox);
    CHECK(set({"Anna"}, true)->mailbox == made->mailbox);
    CHECK(alice.market->vault().mailboxes().contains(*made->mailbox));
    alice.now += main_mailbox_max + base::Seconds(600);
    const auto later = set({"Ann"}, true);
    REQUIRE(later);
    REQUIRE(later->mailbox);
    CHECK(later->mailbox != made->mailbox);
    // Letters to the one before may still come.
    CHECK(alice.market->vault().mailboxes().contains(*made->mailbox));
    CHECK_FALSE(set({"Ann"}, false)->mailbox);
}

TEST_CASE_FIXTURE(Fixture, "a letter to the profile's mailbox arrives") {
    REQUIRE(set({"Ann"}, true));
    settle({&alice, &bob});
    const auto mailbox = seen_by(bob)->mailbox;
    REQUIRE(mailbox);
    REQUIRE(bob.send(mailbox_address(*mailbox), "hello"));
    settle({&alice, &bob});
    REQUIRE(alice.market->list_mail(alice.store).size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "a persona is called what the user calls it, and what it calls itself") {
    REQUIRE(set({"Ann"}));
    settle({&alice, &bob});
    const base::PublisherKey key = parse_persona(address).value();
    CHECK(bob.market->names_of(key, bob.store, bob.flood).nickname == "Ann");
    CHECK(bob.market->names_of(key, bob.store, bob.flood).given.empty());
    REQUIRE(bob.turn(
        [&](const Turn& turn) { return bob.market->add_friend(key, "the mechanic", turn); }));
    CHECK(bob.market->names_of(key, bob.store, bob.flood).given == "the mechanic");
    REQUIRE(remove());
    settle({&alice, &bob});
    CHECK(bob.market->names_of(key, bob.store, bob.flood).nickname.empty());
    CHECK(alice.market->names_of(key, alice.store, alice.flood).nickname.empty());
}

TEST_CASE_FIXTURE(Fixture, "a persona that has a profile is not retired") {
    REQUIRE(set({"Ann"}));
    const auto retired =
        alice.turn([&](const Turn& turn) { return alice.market->retire_persona("shop", turn); });
    REQUIRE_FALSE(retired);
    CHECK(retired.error().code == ErrorCode::refused);
}

}  // namespace hearsay::market
