// Own records beside what floods: an old copy of the data directory, and a clock that ran ahead.
#include <doctest/doctest.h>

#include "base/encoding.hpp"
#include "fakes.hpp"

namespace hearsay::market {
namespace {

constexpr base::Seconds hour{3600};

struct Fixture {
    Person bob{1};
    Person other{2};
    item::ThingId thing{};
    MemoryOwnStore old_store;
    base::Bytes old_vault;

    Fixture() {
        const auto offer = bob.publish("bicycle");
        REQUIRE(offer);
        thing = offer->thing;
        settle({&bob, &other});
        old_store = bob.store;
        old_vault = bob.vault_file;
    }
    // The data directory of before, while the network goes on from now.
    void bring_back() {
        bob.store = old_store;
        bob.vault_file = old_vault;
        bob.start();
    }
    base::Result<OfferView> update(const std::string& title) {
        item::OfferText text;
        text.title = title;
        return bob.turn([&](const Turn& turn) {
            return bob.market->update_offer(thing, text, base::Seconds(0), turn);
        });
    }
    OfferView own() { return bob.market->own_offers(bob.store).at(0); }
};

TEST_CASE_FIXTURE(Fixture,
                  "an old copy of the data directory takes what the network has of its own") {
    REQUIRE(update("bicycle, cheaper"));
    settle({&bob, &other});
    bring_back();
    CHECK(own().text.title == "bicycle, cheaper");
    CHECK(own().sequence == 2);
    CHECK(own().state == PublicationState::published);
    // And goes on from there.
    REQUIRE(update("bicycle, cheaper still"));
    settle({&bob, &other});
    CHECK(own().sequence == 3);
    CHECK(other.market->offers(other.store, other.flood, 10).at(0).text.title ==
          "bicycle, cheaper still");
}

TEST_CASE_FIXTURE(Fixture, "what the network removed is removed in an old copy, too") {
    REQUIRE(bob.turn([&](const Turn& turn) { return bob.market->remove_offer(thing, turn); }));
    settle({&bob, &other});
    bring_back();
    CHECK(own().state == PublicationState::removed);
    settle({&bob, &other});  // what the start sends out anew counts nowhere
    CHECK(own().state == PublicationState::removed);
    CHECK(other.market->offers(other.store, other.flood, 10).empty());
}

TEST_CASE_FIXTURE(Fixture,
                  "a newer version that comes while an old copy runs is taken at the next tick") {
    REQUIRE(update("bicycle, cheaper"));
    settle({&bob, &other});
    const MemoryCatalogue flood = std::exchange(bob.flood, MemoryCatalogue());
    bring_back();
    CHECK(own().text.title == "bicycle");
    bob.flood = flood;
    bob.tick();
    CHECK(own().text.title == "bicycle, cheaper");
}

TEST_CASE_FIXTURE(Fixture,
                  "of two versions of one number the one that counts nowhere goes out anew") {
    REQUIRE(update("from the new copy"));
    settle({&bob, &other});
    const base::ItemId there = own().item;
    const MemoryCatalogue flood = std::exchange(bob.flood, MemoryCatalogue());
    bool larger = false;
    for (int tries = 0; tries < 64 && !larger; ++tries) {
        bring_back();
        bob.now += hour;
        REQUIRE(update("from the old copy, " + std::to_string(tries)));
        larger = there < own().item;
    }
    REQUIRE(larger);
    CHECK(own().sequence == 2);
    bob.flood = flood;
    bob.tick();
    CHECK(own().sequence == 3);
    settle({&bob, &other});
    CHECK(other.market->offers(other.store, other.flood, 10)
              .at(0)
              .text.title.starts_with("from the old copy"));
}

TEST_CASE_FIXTURE(Fixture, "what was dated ahead by a wrong clock goes out with today's date") {
    bob.now += base::Seconds(24 * 3600);
    const auto ahead = bob.publish("kettle");
    REQUIRE(ahead);
    bob.do_work();  // others refuse it, so nobody has it
    bob.submitted.clear();
    bob.now -= base::Seconds(24 * 3600);
    bob.tick();
    const auto now = bob.market->offer(base::to_hex(ahead->thing), bob.store, bob.flood);
    REQUIRE(now);
    CHECK(now->sequence == 2);
    CHECK(now->created <= bob.now);
    CHECK(now->expires - now->created == ahead->expires - ahead->created);
    settle({&bob, &other});
    CHECK(other.market->offers(other.store, other.flood, 10).size() == 2);
    // Once: what has today's date stays.
    bob.tick();
    CHECK(bob.market->offer(base::to_hex(ahead->thing), bob.store, bob.flood)->sequence == 2);
}

}  // namespace
}  // namespace hearsay::market
