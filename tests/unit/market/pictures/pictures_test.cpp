// Pictures of offers and profiles: they go out with what shows them, and go with it.
#include <doctest/doctest.h>

#include "base/encoding.hpp"
#include "crypto/sha256.hpp"
#include "fakes.hpp"
#include "unit/item/picture_samples.hpp"

namespace hearsay::market {
namespace {

using base::ErrorCode;
using Files = std::vector<base::Bytes>;

const base::Bytes red = samples::jpeg({.width = 24});
const base::Bytes blue = samples::webp({.width = 32});

base::Digest hash_of(const base::Bytes& file) {
    return crypto::sha256(file);
}

struct Fixture {
    Person alice{1};
    Person bob{2};

    base::Result<OfferView> try_publish(const Files& files, const item::OfferText& text,
                                        const std::string& persona = {}, bool renew = false,
                                        base::Seconds lifetime = 8 * day) {
        auto made = alice.turn([&](const Turn& turn) {
            return alice.market->publish_offer(text, lifetime, turn, persona, renew, files);
        });
        if (made) settle({&alice, &bob});
        return made;
    }
    OfferView publish(const Files& files, const std::string& persona = {}, bool renew = false) {
        const auto made = try_publish(files, {"Lamp", "", "", ""}, persona, renew);
        REQUIRE(made);
        return *made;
    }
    base::Result<OfferView> update(const OfferView& offer, const item::OfferText& text,
                                   const Files& files, base::Seconds lifetime = 8 * day) {
        auto made = alice.turn([&](const Turn& turn) {
            return alice.market->update_offer(offer.thing, text, lifetime, turn, {}, files);
        });
        if (made) settle({&alice, &bob});
        return made;
    }
    void remove(const OfferView& offer) {
        REQUIRE(alice.turn(
            [&](const Turn& turn) { return alice.market->remove_offer(offer.thing, turn); }));
        settle({&alice, &bob});
    }
    void pass(base::Seconds span) {
        alice.now = bob.now += span;
        alice.tick();
        settle({&alice, &bob});
    }
    item::ReadPtr at(const Person& who, const OfferView& offer, const base::Bytes& file) const {
        return who.market->picture(offer.publisher, hash_of(file), who.store, who.flood);
    }
    bool bob_has(const OfferView& offer, const base::Bytes& file) const {
        return at(bob, offer, file) != nullptr;
    }
    std::string shop() {
        const auto persona =
            alice.turn([&](const Turn& turn) { return alice.market->new_persona("shop", turn); });
        REQUIRE(persona);
        return "shop";
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "the pictures of an offer go out with it, by the same persona") {
    const OfferView offer = publish({red, blue});
    CHECK(offer.text.pictures == std::vector{hash_of(red), hash_of(blue)});
    for (const base::Bytes& file : {red, blue}) {
        const item::ReadPtr picture = at(bob, offer, file);
        REQUIRE(picture);
        CHECK(picture->item.payload == file);
        CHECK(picture->header.publication()->publisher == offer.publisher);
        CHECK(picture->header.expires == offer.expires);
    }
    CHECK(at(alice, offer, red));
    // Under another persona's name it is not there.
    CHECK(!bob.market->picture({}, hash_of(red), bob.store, bob.flood));
}

TEST_CASE_FIXTURE(Fixture, "a picture is here at its maker's before anybody has it") {
    const auto made = alice.turn([&](const Turn& turn) {
        return alice.market->publish_offer({"Lamp", "", "", ""}, day, turn, {}, false, {red});
    });
    REQUIRE(made);
    CHECK(at(alice, *made, red));
    CHECK(!at(bob, *made, red));
}

TEST_CASE_FIXTURE(Fixture, "the pictures of an offer go with it") {
    const OfferView offer = publish({red});
    CHECK(bob_has(offer, red));
    remove(offer);
    CHECK(!bob_has(offer, red));
    CHECK(!at(alice, offer, red));
}

TEST_CASE_FIXTURE(Fixture, "an update keeps, adds and takes away pictures") {
    const OfferView offer = publish({red});
    item::OfferText text{"Lamp", "Bright.", "", ""};
    text.pictures = {hash_of(red)};
    const base::ItemId before = at(bob, offer, red)->id;
    REQUIRE(update(offer, text, {blue}));
    CHECK(bob_has(offer, blue));
    REQUIRE(bob_has(offer, red));
    CHECK(at(bob, offer, red)->id == before);  // nothing of it has to flood again
    text.pictures = {hash_of(blue)};
    REQUIRE(update(offer, text, {}));
    CHECK(!bob_has(offer, red));
    CHECK(bob_has(offer, blue));
    REQUIRE(update(offer, text, {red}));  // one that was removed comes back
    CHECK(bob_has(offer, red));
}

TEST_CASE_FIXTURE(Fixture,
                  "a picture lives as long as what shows it, and comes with it when renewed") {
    const OfferView offer = publish({red}, {}, true);
    pass(5 * day);
    pass(3 * day - hour);
    REQUIRE(alice.market->own_offers(alice.store).size() == 1);
    const auto renewed = alice.market->own_offers(alice.store).at(0);
    REQUIRE(renewed.sequence == 2);
    REQUIRE(bob_has(offer, red));
    CHECK(at(bob, offer, red)->header.expires == renewed.expires);
    // Also after the node was away for longer than all of it lived.
    alice.now = bob.now += 20 * day;
    alice.start();
    settle({&alice, &bob});
    REQUIRE(alice.market->own_offers(alice.store).size() == 1);
    const auto again = alice.market->own_offers(alice.store).at(0);
    REQUIRE(bob_has(offer, red));
    CHECK(at(bob, offer, red)->header.expires == again.expires);
}

TEST_CASE_FIXTURE(Fixture, "a persona has one picture for all that show it, as long as one does") {
    const std::string persona = shop();
    const OfferView lamp = publish({red}, persona);
    const base::ItemId item = at(bob, lamp, red)->id;
    const OfferView bulb = publish({red}, persona);
    CHECK(at(bob, bulb, red)->id == item);
    remove(lamp);
    CHECK(bob_has(bulb, red));
    remove(bulb);
    CHECK(!bob_has(bulb, red));
}

TEST_CASE_FIXTURE(Fixture, "a profile shows a picture until it shows another or none") {
    const std::string persona = shop();
    const auto set = [&](std::optional<base::Bytes> file, std::optional<base::Digest> kept) {
        ProfileDraft draft;
        draft.profile.nickname = "Ann";
        draft.profile.picture = kept;
        draft.picture = std::move(file);
        const auto made = alice.turn(
            [&](const Turn& turn) { return alice.market->set_profile(persona, draft, turn); });
        REQUIRE(made);
        settle({&alice, &bob});
        return *made;
    };
    const auto has = [&](const ProfileView& profile, const base::Bytes& file) {
        return bob.market->picture(profile.publisher, hash_of(file), bob.store, bob.flood) !=
               nullptr;
    };
    const ProfileView first = set(red, {});
    CHECK(first.profile.picture == hash_of(red));
    CHECK(has(first, red));
    CHECK(has(set({}, hash_of(red)), red));
    const ProfileView second = set(blue, {});
    CHECK(has(second, blue));
    CHECK(!has(second, red));
    CHECK(!has(set({}, {}), blue));
}

TEST_CASE_FIXTURE(Fixture, "what is no picture is refused, and nothing is published") {
    const auto refused = [&](const Files& files, item::OfferText text = {"Lamp", "", "", ""}) {
        const auto made = try_publish(files, text);
        REQUIRE_FALSE(made);
        CHECK(alice.market->own_offers(alice.store).empty());
        return made.error();
    };
    CHECK(refused({base::to_bytes("GIF89a")}).code == ErrorCode::invalid);
    CHECK(refused({samples::jpeg({.width = 641})}).text.find("641x16") != std::string::npos);
    CHECK(refused({red, blue, samples::jpeg({.width = 40}), samples::jpeg({.width = 48}),
                   samples::jpeg({.width = 56})})
              .text.find("at most 4") != std::string::npos);
    item::OfferText text{"Lamp", "", "", ""};
    text.pictures = {hash_of(red)};
    CHECK(refused({}, text).code == ErrorCode::refused);  // a hash that nobody has
}

TEST_CASE("a node that takes no pictures publishes none, and everything else") {
    MarketSettings settings;
    settings.pictures = false;
    Person alice{1, item::Network::sim, settings};
    const auto publish = [&](const Files& files) {
        return alice.turn([&](const Turn& turn) {
            return alice.market->publish_offer({"Lamp", "", "", ""}, day, turn, {}, false, files);
        });
    };
    const auto refused = publish({red});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::refused);
    CHECK(publish({}));
}

}  // namespace hearsay::market
