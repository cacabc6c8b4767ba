// Kind 4 as a person has it: mailboxes that are told to everybody, and mail to addresses whose key
// is not known yet.
#include <set>

#include <doctest/doctest.h>

#include "base/encoding.hpp"
#include "base/limits/items.hpp"
#include "fakes.hpp"
#include "item/kinds.hpp"
#include "item/kinds/mailbox.hpp"
#include "item/mailbox.hpp"
#include "item/make.hpp"
#include "market/address.hpp"

namespace hearsay::market {
namespace {

struct Fixture {
    Person alice{1};
    Person bob{2};
    Fixture() { alice.flood.is_told = bob.flood.is_told = false; }

    MailboxView main_of(Person& person) {
        for (const MailboxView& each : person.market->mailboxes())
            if (each.main) return each;
        FAIL("no main mailbox");
        return {};
    }
    std::string address_of(Person& person) { return mailbox_address(main_of(person).key); }
    base::Result<MailboxView> publish(Person& person, const std::string& which = "main") {
        return person.turn(
            [&](const Turn& turn) { return person.market->publish_mailbox(which, turn); });
    }
    base::Result<MailboxView> withdraw(Person& person, const std::string& which = "main") {
        return person.turn(
            [&](const Turn& turn) { return person.market->withdraw_mailbox(which, turn); });
    }
    std::vector<item::ReadPtr> keys_in(const Person& person) {
        std::vector<item::ReadPtr> out;
        person.flood.of_kind(item::kind_mailbox, UINT64_MAX,
                             [&](core::Position, const item::ReadPtr& item) {
                                 out.push_back(item);
                                 return true;
                             });
        return out;
    }
    MailView view(Person& person, const MessageId& id) {
        auto mail = person.turn(
            [&](const Turn& turn) { return person.market->read_mail(base::to_hex(id), turn); });
        REQUIRE(mail);
        return *mail;
    }
    void pass(base::Seconds time) {
        for (Person* person : {&alice, &bob}) {
            person->now += time;
            person->tick();
        }
        settle({&alice, &bob});
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "nothing is published unless its owner wants it") {
    CHECK_FALSE(main_of(bob).published);
    CHECK(bob.submitted.empty());
    CHECK(bob.work.empty());
}

TEST_CASE_FIXTURE(Fixture, "a published mailbox is an item of kind 4 that carries its key") {
    const auto published = publish(bob);
    REQUIRE(published);
    CHECK(published->published);
    CHECK(published->heard == 0);
    settle({&alice, &bob});
    CHECK(main_of(bob).heard == 1);
    const auto items = keys_in(alice);
    REQUIRE(items.size() == 1);
    CHECK_FALSE(item::content_problem(*items[0]));
    CHECK(item::mailbox_key_in(*items[0]) == key_of(main_of(bob).key));
    CHECK(alice.flood.mailbox_key(main_of(bob).key) == key_of(main_of(bob).key));
}

TEST_CASE_FIXTURE(Fixture, "the persona that signs it signs nothing else") {
    REQUIRE(publish(bob));
    const auto offer = bob.publish("bicycle");
    REQUIRE(offer);
    settle({&alice, &bob});
    const base::PublisherKey signer = keys_in(alice).at(0)->header.publication()->publisher;
    CHECK(signer != offer->publisher);
    CHECK(signer != bob.market->personas(bob.store).at(0).key);
    const auto sent = alice.send(address_of(bob), "hello");
    REQUIRE(sent);
    settle({&alice, &bob});
    const auto answer = bob.send(base::to_hex(sent->letter.id), "hello, too");
    REQUIRE(answer);
    CHECK(answer->letter.sender != signer);
}

TEST_CASE_FIXTURE(Fixture, "a mail to an address whose key is not known waits until it comes") {
    const auto sent = alice.send(address_of(bob), "hello");
    REQUIRE(sent);
    CHECK(sent->state == MailState::draft);
    CHECK(alice.work.empty());
    alice.start();
    CHECK(view(alice, sent->letter.id).state == MailState::draft);
    CHECK(alice.work.empty());
    REQUIRE(publish(bob));
    settle({&alice, &bob});
    CHECK(view(alice, sent->letter.id).state == MailState::heard);
    REQUIRE(bob.inbox().size() == 1);
    CHECK(bob.inbox()[0].letter.id == sent->letter.id);
}

TEST_CASE_FIXTURE(Fixture, "a key that came while the node was away is found at its start") {
    const auto sent = alice.send(address_of(bob), "hello");
    REQUIRE(sent);
    REQUIRE(publish(bob));
    settle({&bob});
    const item::ReadPtr item = keys_in(bob).at(0);
    alice.flood.store(item);  // and nobody told of it
    alice.start();
    settle({&alice, &bob});
    CHECK(view(alice, sent->letter.id).state == MailState::heard);
}

TEST_CASE_FIXTURE(Fixture, "an offer gives the key of its mailbox to who has the address alone") {
    const auto offer = bob.publish("bicycle");
    REQUIRE(offer);
    const auto sent = alice.send(mailbox_address(*offer->mailbox), "hello");
    REQUIRE(sent);
    CHECK(sent->state == MailState::draft);
    settle({&alice, &bob});
    CHECK(view(alice, sent->letter.id).state == MailState::heard);
    const auto second = alice.send(mailbox_address(*offer->mailbox), "hello again");
    REQUIRE(second);
    CHECK(second->state == MailState::working);
}

TEST_CASE_FIXTURE(Fixture,
                  "a draft whose key never comes fails when its time is over, and says so") {
    const auto sent = alice.send(mailbox_address(base::MailboxId{{7}}), "hello");
    REQUIRE(sent);
    pass(16 * day);
    CHECK(view(alice, sent->letter.id).state == MailState::failed);
    CHECK(view(alice, sent->letter.id).why.find("key of its mailbox") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "a draft is withdrawn and deleted as any other mail") {
    const auto sent = alice.send(address_of(bob), "hello");
    const auto other = alice.send(address_of(bob), "hello");
    REQUIRE(sent);
    REQUIRE(other);
    REQUIRE(alice.turn([&](const Turn& turn) {
        return alice.market->withdraw_mail(base::to_hex(sent->letter.id), turn);
    }));
    REQUIRE(alice.turn([&](const Turn& turn) {
        return alice.market->remove_mail(base::to_hex(other->letter.id), turn);
    }));
    REQUIRE(publish(bob));
    settle({&alice, &bob});
    CHECK(bob.inbox().empty());
    CHECK(view(alice, sent->letter.id).state == MailState::withdrawn);
}

TEST_CASE_FIXTURE(Fixture, "a key that nobody can seal to frees no draft") {
    const base::MailboxKey bad{};
    const base::MailboxId id = item::mailbox_id(bad);
    const auto sent = alice.send(mailbox_address(id), "hello");
    REQUIRE(sent);
    const base::Secret seed = seeded(9).secret();
    const item::Publication claim{publisher_of(seed), item::mailbox_slot(id), 1, false, id};
    const auto item =
        item::read(item::make_publication({item::Network::sim, item::kind_mailbox, noon, day},
                                          claim, item::write_mailbox(bad), seed),
                   item::Network::sim);
    REQUIRE(item);
    alice.hear(*item);
    CHECK(view(alice, sent->letter.id).state == MailState::draft);
    const auto again = alice.send(mailbox_address(id), "hello");
    REQUIRE_FALSE(again);
    CHECK(again.error().code == base::ErrorCode::refused);
}

TEST_CASE_FIXTURE(Fixture,
                  "what is published is renewed while wanted, and its successor published") {
    const base::MailboxId first = main_of(bob).key;
    REQUIRE(publish(bob));
    settle({&alice, &bob});
    pass(13 * day);
    const item::ReadPtr renewed = keys_in(alice).at(0);
    CHECK(renewed->header.publication()->sequence == 2);
    CHECK(renewed->header.expires > bob.now + 13 * day);
    pass(3 * day);  // the main mailbox is replaced
    pass(hour);
    CHECK(main_of(bob).key != first);
    CHECK(main_of(bob).published);
    std::set<base::MailboxId> told;
    for (const item::ReadPtr& item : keys_in(alice))
        told.insert(*item->header.publication()->mailbox);
    CHECK(told == std::set<base::MailboxId>{first, main_of(bob).key});
    for (int days = 0; days < 40; days += 5) pass(5 * day);
    // The first is destroyed by now, and nobody was told of it at the end.
    CHECK_FALSE(bob.market->vault().mailboxes().contains(first));
    for (const item::ReadPtr& item : keys_in(alice))
        if (item->header.publication()->mailbox == first)
            CHECK(item->header.expires <= noon + mailbox_life_max - base::limits::lifetime_max);
}

TEST_CASE_FIXTURE(Fixture, "a withdrawn mailbox is removed, and its successor not published") {
    REQUIRE(publish(bob));
    settle({&alice, &bob});
    REQUIRE(withdraw(bob));
    settle({&alice, &bob});
    CHECK_FALSE(main_of(bob).published);
    REQUIRE(keys_in(alice).size() == 1);
    CHECK(keys_in(alice)[0]->header.publication()->removed);
    const auto again = withdraw(bob);
    REQUIRE_FALSE(again);
    CHECK(again.error().code == base::ErrorCode::conflict);
    pass(16 * day);
    CHECK_FALSE(main_of(bob).published);
    REQUIRE(publish(bob));
    CHECK(publish(bob));
    settle({&alice, &bob});
    CHECK(main_of(bob).published);
}

TEST_CASE_FIXTURE(Fixture, "only own mailboxes are published") {
    const auto other = publish(bob, address_of(alice));
    REQUIRE_FALSE(other);
    CHECK(other.error().code == base::ErrorCode::not_found);
    const auto none = publish(bob, "hsm1");
    REQUIRE_FALSE(none);
    CHECK(none.error().code == base::ErrorCode::invalid);
    CHECK(publish(bob, address_of(bob)));
}

}  // namespace hearsay::market
