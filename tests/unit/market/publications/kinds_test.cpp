// What a kind of publication has to bring, and what becomes of a kind that nobody brings.
#include <doctest/doctest.h>

#include "fakes.hpp"
#include "item/make.hpp"
#include "market/publications/publications.hpp"
#include "market/records.hpp"

namespace hearsay::market {
namespace {

constexpr item::Kind kind_notice = 99;

// A kind that only says how it was asked.
struct Notices final : PublicationKind {
    item::Kind kind() const override { return kind_notice; }
    std::string_view word() const override { return "notice"; }
    void renew(const Turn&) override { said += "renew "; }
    void note(const item::ThingId&, const records::OwnPublication& record) override {
        said += "note:" + record.content() + " ";
    }
    void forget(const item::ThingId&) override { said += "forget "; }
    void on_stored(const item::Read&, const Turn&) override { said += "stored "; }
    void on_expired(const item::ThingId&, const Turn&) override { said += "expired "; }
    void take_found(records::OwnPublication&, const item::Read&, const Turn&) override {}
    std::string said;
};

struct Board {
    Common common{item::Network::sim,
                  [] {
                      base::Rng rng = seeded(1);
                      return Vault::create(rng, noon).vault;
                  }(),
                  seeded(2), MarketSettings{}};
    MemoryOwnStore store;
    MemoryCatalogue flood;
    Effects out;
    OwnItems items;
    Identity identity{common};
    Publications publications{common, identity, items};
    Notices notices;

    Board() { publications.add_kind(notices); }
    Turn at(base::WallTime now) { return {now, store, flood, out}; }
    item::ReadPtr made(item::Kind kind, const base::Secret& seed) {
        item::Publication claim;
        claim.publisher = publisher_of(seed);
        claim.sequence = 1;
        const auto read = item::read(
            item::make_publication({item::Network::sim, kind, noon, day}, claim, {}, seed),
            item::Network::sim);
        REQUIRE(read);
        return *read;
    }
};

}  // namespace

TEST_CASE_FIXTURE(Board, "a kind that registers itself hears all of its own things' lives") {
    const std::uint32_t persona = identity.fresh_persona("notice", at(noon));
    const auto item = made(kind_notice, common.vault.persona_seed(persona));
    const item::ThingId thing = item::thing_of(*item->header.publication());
    records::OwnPublication record;
    record.set_persona(persona);
    record.set_content("lost: a cat");
    publications.publish(notices, *item->header.publication(), day, {}, record, at(noon));
    CHECK(publications.find(thing, notices) != nullptr);
    publications.on_stored(*item, at(noon));
    publications.on_stored(*made(kind_notice + 1, common.vault.persona_seed(0)), at(noon));
    publications.renew(at(noon));
    publications.expire(at(item->header.expires));
    publications.expire(at(item->header.expires + keep_expired));
    CHECK(notices.said == "note:lost: a cat stored renew expired forget ");
    CHECK(publications.size() == 0);
}

TEST_CASE("the record of an own publication says of what kind it is, and none is made up") {
    Person alice(1);
    const auto offer = alice.publish("bicycle");
    REQUIRE(offer);
    REQUIRE(alice.market->check(alice.store));
    base::Rng rng = seeded(9);
    ChangeRecords records(alice.market->vault(), alice.store, rng);
    auto record = records.load<records::OwnPublication>(Table::publications, offer->thing.view());
    REQUIRE(record);
    CHECK(record->kind() == item::kind_offer);
    for (const item::Kind unknown : {item::Kind{0}, kind_notice}) {
        record->set_kind(unknown);
        records.save(Table::publications, offer->thing.view(), *record);
        const auto found = alice.market->check(alice.store);
        REQUIRE_FALSE(found);
        CHECK(found.error().code == base::ErrorCode::corrupt);
    }
}

}  // namespace hearsay::market
