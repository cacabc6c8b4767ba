// New versions of own offers.
#include <doctest/doctest.h>

#include "base/encoding.hpp"
#include "base/limits/items.hpp"
#include "crypto/sha256.hpp"
#include "fakes.hpp"
#include "item/mailbox.hpp"
#include "item/make.hpp"
#include "unit/item/picture_samples.hpp"

namespace hearsay::market {
namespace {

using base::ErrorCode;

struct Fixture {
    Person alice{1};
    Person bob{2};
    OfferView offer;

    Fixture() {
        const auto made = alice.publish("bicycle");
        REQUIRE(made);
        offer = *made;
    }
    base::Result<OfferView> update(Person& by, const std::string& title,
                                   base::Seconds lifetime = {}) {
        const item::OfferText text{title, "", "", "", {}};
        return by.turn([&](const Turn& turn) {
            return by.market->update_offer(offer.thing, text, lifetime, turn);
        });
    }
    base::Result<OfferView> seen_by(Person& who) {
        return who.market->offer(base::to_hex(offer.thing), who.store, who.flood);
    }
};

}  // namespace

TEST_CASE_FIXTURE(
    Fixture, "an update is the same offer under the next sequence, with the text that is new") {
    settle({&alice, &bob});
    alice.now += day;
    const auto updated = update(alice, "tandem", 2 * day);
    REQUIRE(updated);
    CHECK(updated->thing == offer.thing);
    CHECK(updated->item != offer.item);
    CHECK(updated->sequence == 2);
    CHECK(updated->state == PublicationState::working);
    CHECK(updated->publisher == offer.publisher);
    CHECK(updated->mailbox == offer.mailbox);
    CHECK(updated->expires == item::expires_for(alice.now, 2 * day));
    settle({&alice, &bob});
    REQUIRE(seen_by(bob));
    CHECK(seen_by(bob)->text.title == "tandem");
    CHECK(bob.market->offers(bob.store, bob.flood, 10).size() == 1);
    CHECK(seen_by(alice)->state == PublicationState::published);
    CHECK(alice.market->counts().pending == 0);
}

TEST_CASE_FIXTURE(Fixture, "all that an offer says goes out, is kept, and comes through a start") {
    item::OfferText text{"tandem", "", "", "", {"bike"}, 20};
    text.side = item::Side::wanted;
    text.price = item::Price{item::PriceMode::market, 0, 0, "XMR", 0, -250, "cafe\u0301"};
    text.condition = item::Condition::used;
    text.category = "sport/bicycles";
    text.country = "DE";
    text.geohash = "u281";
    text.payment = {"xmr"};
    text.status = item::OfferStatus::reserved;
    text.details = {{"Frame", "56 cm"}};
    const base::Bytes picture = samples::jpeg();
    REQUIRE(alice.turn([&](const Turn& turn) {
        return alice.market->update_offer(offer.thing, text, base::Seconds(0), turn, {}, {picture});
    }));
    text.pictures = {crypto::sha256(picture)};
    settle({&alice, &bob});
    text.price->per = "caf\u00e9";  // in form C, as every text that a person wrote
    REQUIRE(seen_by(bob));
    text.mailbox = seen_by(bob)->text.mailbox;  // the key of the mailbox that the header names
    REQUIRE(text.mailbox);
    CHECK(seen_by(bob)->mailbox == item::mailbox_id(*text.mailbox));
    CHECK(seen_by(bob)->text == text);
    alice.start();
    REQUIRE(seen_by(alice));
    CHECK(seen_by(alice)->text == text);
}

TEST_CASE_FIXTURE(Fixture, "an update that breaks a rule changes nothing, and names the rule") {
    item::OfferText text{"tandem", "", "", ""};
    text.country = "DE";
    text.geohash = "u281z";
    const auto refused = alice.turn([&](const Turn& turn) {
        return alice.market->update_offer(offer.thing, text, base::Seconds(0), turn);
    });
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::invalid);
    CHECK(refused.error().text.find("neighbourhood") != std::string::npos);
    CHECK(seen_by(alice)->text.title == "bicycle");
}

TEST_CASE_FIXTURE(Fixture,
                  "an update is kept before it is worked on, and a new start goes on with it") {
    settle({&alice, &bob});
    REQUIRE(update(alice, "tandem"));
    alice.start();
    CHECK(alice.submitted.empty());
    REQUIRE(alice.work.size() == 1);
    settle({&alice, &bob});
    CHECK(seen_by(bob)->text.title == "tandem");
}

TEST_CASE_FIXTURE(Fixture, "the work on a version is cancelled when the next one comes first") {
    REQUIRE(update(alice, "tandem"));
    CHECK(alice.cancelled == std::vector<base::ItemId>{offer.item});
    alice.do_work();  // both answers: the first was under way
    REQUIRE(alice.submitted.size() == 1);
    CHECK(alice.submitted[0]->id == seen_by(alice)->item);
}

TEST_CASE_FIXTURE(
    Fixture, "the mailbox lives as long as mail to the new version may, durably before it is out") {
    settle({&alice, &bob});
    const base::WallTime before =
        alice.market->vault().mailboxes().at(*offer.mailbox).destroy_after;
    alice.now += 5 * day;
    const auto updated = update(alice, "tandem");
    REQUIRE(updated);
    alice.start();
    const base::WallTime after = alice.market->vault().mailboxes().at(*offer.mailbox).destroy_after;
    CHECK(after > before);
    CHECK(after >= updated->expires + base::limits::lifetime_max);
    Effects out;
    REQUIRE(alice.market->update_offer(offer.thing, {"third", "", "", "", {}}, {},
                                       {alice.now, alice.store, alice.flood, out}));
    CHECK(std::holds_alternative<SaveVault>(out.at(0)));
}

TEST_CASE_FIXTURE(
    Fixture,
    "updating fails with the reason, and changes nothing: not mine, wrong text, removed, expired") {
    settle({&alice, &bob});
    CHECK(update(bob, "tandem").error().code == ErrorCode::not_found);
    CHECK(update(alice, "").error().code == ErrorCode::invalid);
    CHECK(update(alice, "tandem", base::Seconds(1)).error().code == ErrorCode::invalid);
    CHECK(seen_by(alice)->text.title == "bicycle");
    CHECK(alice.work.empty());
    SUBCASE("removed") {
        REQUIRE(alice.turn(
            [&](const Turn& turn) { return alice.market->remove_offer(offer.thing, turn); }));
        CHECK(update(alice, "tandem").error().code == ErrorCode::conflict);
    }
    SUBCASE("expired") {
        alice.now = offer.expires;
        CHECK(update(alice, "tandem").error().code == ErrorCode::refused);
    }
}

}  // namespace hearsay::market
