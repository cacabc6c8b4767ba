// What the user wants renewed is published anew before it ends; of what ends otherwise they are
// told.
#include <algorithm>
#include <set>

#include <doctest/doctest.h>

#include "backups.hpp"
#include "base/encoding.hpp"
#include "base/limits/person.hpp"
#include "crypto/sha256.hpp"
#include "fakes.hpp"
#include "unit/item/picture_samples.hpp"

namespace hearsay::market {
namespace {

struct Fixture {
    Person alice{1};
    Person bob{2};

    OfferView publish(base::Seconds lifetime, bool renew) {
        item::OfferText text;
        text.title = "Bicycle";
        const auto made = alice.turn([&](const Turn& turn) {
            return alice.market->publish_offer(text, lifetime, turn, {}, renew);
        });
        REQUIRE(made);
        settle({&alice, &bob});
        return *made;
    }
    OfferView own() { return alice.market->own_offers(alice.store).at(0); }
    void pass(base::Seconds span) {
        alice.now = bob.now += span;
        alice.tick();
        settle({&alice, &bob});
    }
    std::size_t warnings() const {
        return static_cast<std::size_t>(
            std::ranges::count(alice.told, Happening::ending, &Tell::what));
    }
    base::Result<EndingView> set(const item::ThingId& thing, bool wanted) {
        return alice.turn([&](const Turn& turn) {
            return alice.market->set_renewal(base::to_hex(thing).substr(0, 10), wanted, turn);
        });
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "an offer that is to last is published anew before it ends") {
    const OfferView first = publish(8 * day, true);
    CHECK(first.renewed);
    pass(5 * day);  // not before the last quarter
    CHECK(own().sequence == 1);
    pass(3 * day - hour);
    CHECK(own().sequence == 2);
    CHECK(own().thing == first.thing);
    CHECK(own().mailbox == first.mailbox);
    CHECK(own().expires - own().created == 8 * day);
    CHECK(own().renewed);
    CHECK(bob.market->offers(bob.store, bob.flood, 10).size() == 1);
    CHECK(warnings() == 0);
}

TEST_CASE_FIXTURE(Fixture, "nothing tells from outside when its maker's node runs") {
    std::set<std::int64_t> delays;
    for (std::uint8_t number = 10; number < 20; ++number) {
        Person each(number);
        item::OfferText text{"Bicycle", "", "", ""};
        REQUIRE(each.turn([&](const Turn& turn) {
            return each.market->publish_offer(text, 8 * day, turn, {}, true);
        }));
        each.do_work();
        const base::WallTime begin = each.now;
        for (int step = 0; step < 400 && each.market->own_offers(each.store)[0].sequence == 1;
             ++step) {
            each.now += hour;
            each.tick();
        }
        const base::Seconds delay = each.now - begin;
        CHECK(delay >= 6 * day - 2 * hour);
        CHECK(delay < 8 * day);
        delays.insert(delay.count());
    }
    CHECK(delays.size() > 3);
}

TEST_CASE_FIXTURE(Fixture, "what ended while the node was off is renewed at its start") {
    const OfferView first = publish(2 * day, true);
    alice.now += 4 * day;
    alice.start();
    CHECK(own().sequence == 2);
    CHECK(own().state == PublicationState::working);
    CHECK(own().thing == first.thing);
}

TEST_CASE_FIXTURE(Fixture, "what ended months ago is renewed at the start, with a fresh mailbox") {
    item::OfferText text{"Bicycle", "", "", ""};
    text.stamp_bits = 14;
    const base::Bytes file = samples::jpeg({.width = 24});
    const auto first = alice.turn([&](const Turn& turn) {
        return alice.market->publish_offer(text, 15 * day, turn, {}, true, {file});
    });
    REQUIRE(first);
    settle({&alice, &bob});
    const base::MailboxId before = *first->mailbox;
    MailboxRule rule;
    rule.stamp_bits = 14;
    rule.strangers_max = 7;
    REQUIRE(
        alice.turn([&](const Turn& turn) { return alice.market->set_rule(before, rule, turn); }));
    base::Seconds away{};
    SUBCASE("20 days") {
        away = 20 * day;
    }
    SUBCASE("60 days") {
        away = 60 * day;
    }
    SUBCASE("a year") {
        away = 365 * day;
    }
    alice.now = bob.now += away;
    alice.start();
    bob.start();
    settle({&alice, &bob});
    CHECK(own().sequence == 2);
    CHECK(own().state == PublicationState::published);
    CHECK(own().renewed);
    CHECK(own().thing == first->thing);
    CHECK(own().expires - own().created == 15 * day);
    CHECK(own().text.stamp_bits == 14);
    CHECK((own().mailbox == before) == (away < 30 * day));
    const auto mailboxes = alice.market->mailboxes();
    const auto now = std::ranges::find(mailboxes, *own().mailbox, &MailboxView::key);
    REQUIRE(now != mailboxes.end());
    CHECK(now->rule.stamp_bits == 14);
    CHECK(now->rule.strangers_max == 7);
    CHECK(alice.market->vault().mailboxes().contains(*own().mailbox));
    CHECK(bob.market->picture(first->publisher, crypto::sha256(file), bob.store, bob.flood)
              ->header.expires >= own().expires);
    // Others see it, and write to what it says now.
    const auto seen = bob.market->offers(bob.store, bob.flood, 10);
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].text.mailbox == own().text.mailbox);
    bob.stamp_bits = 14;
    REQUIRE(bob.send(base::to_hex(first->thing), "Is it still there?"));
    settle({&alice, &bob});
    CHECK(alice.inbox().size() == 1);
    // It stays so over the next start.
    alice.start();
    CHECK(own().sequence == 2);
}

TEST_CASE_FIXTURE(Fixture,
                  "what cannot be renewed for want of a mailbox is told, and tried again") {
    const OfferView first = publish(2 * day, true);
    alice.now = bob.now += 60 * day;
    alice.event([&](const Turn& turn) {
        alice.market->vault().advance(turn.now);
        while (alice.market->vault().mailboxes().size() < base::limits::mailbox_keys_max)
            alice.market->vault().new_mailbox(turn.now, turn.now + 3 * day);
        turn.out.push_back(SaveVault{});
    });
    alice.start();
    CHECK(own().sequence == 1);
    CHECK(own().renewed);
    alice.tick();
    CHECK(warnings() == 1);
    pass(4 * day);  // some go
    CHECK(own().sequence == 2);
    CHECK(own().mailbox != first.mailbox);
    CHECK(warnings() == 1);
}

TEST_CASE_FIXTURE(Fixture, "renewal goes on after a restoration, a day later") {
    Person carol(3, early);
    item::OfferText text{"Bicycle", "", "", ""};
    REQUIRE(carol.turn([&](const Turn& turn) {
        return carol.market->publish_offer(text, 10 * day, turn, {}, true);
    }));
    settle({&carol});
    const base::Bytes file = backup_of(carol);
    Person again(4, early);
    again.now = early + 10 * day - hour;
    REQUIRE(restore(again, file));
    again.tick();
    CHECK(again.market->own_offers(again.store).at(0).sequence == 1);
    again.now += day + hour;
    again.tick();
    CHECK(again.market->own_offers(again.store).at(0).sequence == 2);
}

TEST_CASE_FIXTURE(Fixture, "renewal can be begun and stopped") {
    const OfferView first = publish(8 * day, false);
    REQUIRE(set(first.thing, true));
    CHECK(own().renewed);
    pass(8 * day - hour);
    CHECK(own().sequence == 2);
    const auto stopped = set(first.thing, false);
    REQUIRE(stopped);
    CHECK_FALSE(stopped->renewed);
    pass(8 * day + hour);
    CHECK(own().sequence == 2);
    CHECK(own().state == PublicationState::expired);
    CHECK(set(first.thing, true).error().code == base::ErrorCode::refused);
}

TEST_CASE_FIXTURE(Fixture, "what is sold or removed is not renewed") {
    const OfferView first = publish(8 * day, true);
    SUBCASE("sold") {
        item::OfferText text = first.text;
        text.status = item::OfferStatus::sold;
        REQUIRE(alice.turn([&](const Turn& turn) {
            return alice.market->update_offer(first.thing, text, 8 * day, turn);
        }));
        settle({&alice, &bob});
        pass(8 * day - hour);
        CHECK(own().sequence == 2);
        CHECK_FALSE(own().renewed);
    }
    SUBCASE("removed") {
        REQUIRE(alice.turn(
            [&](const Turn& turn) { return alice.market->remove_offer(first.thing, turn); }));
        settle({&alice, &bob});
        pass(8 * day - hour);
        CHECK(own().sequence == 2);  // the removal
    }
}

TEST_CASE_FIXTURE(Fixture,
                  "an update that is to end when it would have does not shorten what is renewed") {
    const OfferView first = publish(8 * day, true);
    pass(5 * day);
    REQUIRE(alice.turn([&](const Turn& turn) {
        return alice.market->update_offer(first.thing, first.text, 3 * day, turn);
    }));
    settle({&alice, &bob});
    pass(3 * day - hour);
    CHECK(own().sequence == 3);
    CHECK(own().expires - own().created == 8 * day);
}

TEST_CASE_FIXTURE(Fixture, "a post can last, too") {
    PostDraft draft;
    draft.text.title = "Spring";
    draft.renew = true;
    const auto made =
        alice.turn([&](const Turn& turn) { return alice.market->publish_post(draft, turn); });
    REQUIRE(made);
    settle({&alice, &bob});
    pass(15 * day - hour);
    const auto now = alice.market->own_posts(alice.store).at(0);
    CHECK(now.sequence == 2);
    CHECK(now.text.title == "Spring");
}

TEST_CASE_FIXTURE(Fixture, "of what ends within a day and is not renewed the user is told once") {
    const OfferView first = publish(3 * day, false);
    CHECK(alice.market->ending_soon(alice.store, alice.now).empty());
    pass(day);
    CHECK(warnings() == 0);
    pass(day + hour);
    CHECK(warnings() == 1);
    pass(hour);
    CHECK(warnings() == 1);
    const auto ending = alice.market->ending_soon(alice.store, alice.now);
    REQUIRE(ending.size() == 1);
    CHECK(ending[0].thing == first.thing);
    CHECK(ending[0].title == "Bicycle");
    REQUIRE(set(first.thing, true));
    CHECK(alice.market->ending_soon(alice.store, alice.now).empty());
}

}  // namespace hearsay::market
