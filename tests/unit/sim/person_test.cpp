#include "sim/person.hpp"

#include <doctest/doctest.h>

#include "base/encoding.hpp"

using namespace hearsay;
using market::Table;

namespace {

constexpr base::WallTime noon = base::from_unix_seconds(1'800'000'000);

base::Bytes text(const char* words) {
    return base::to_bytes(std::string_view(words));
}

struct Fixture {
    sim::MemoryStore store;
    sim::Person person{base::Rng(base::Secret{}), noon, store};

    Fixture() { start(); }
    void start() {
        person.open();
        market::Effects out;
        REQUIRE(person.market().start({noon, person.own_store(), person.flood(), out}));
        finish(out);
    }
    void finish(const market::Effects& out) {
        for (const market::Effect& wish : out)
            if (std::holds_alternative<market::SaveVault>(wish)) person.save_vault();
        person.own_store().commit();
    }
    market::OfferView publish(market::Effects& out) {
        const auto offer = person.market().publish_offer({"goat", "", "", "", {}}, {},
                                                         {noon, person.own_store(), person.flood(), out});
        REQUIRE(offer);
        return *offer;
    }
    std::size_t offers() const { return person.market().own_offers(person.own_store()).size(); }
    // Stores what the market would hand over, as if it had come back.
    item::ReadPtr flood(const market::OfferView& offer) {
        market::Effects out;
        person.market().on_work_found(offer.item, 0, {noon, person.own_store(), person.flood(), out});
        const item::ReadPtr item = std::get<market::Submit>(out.at(0)).item;
        store.apply(core::Store{item, noon + base::Seconds(86400)});
        store.commit();
        return item;
    }
};

}  // namespace

TEST_CASE("an own store that is rolled back is as it was committed last, whatever happened to it meanwhile") {
    sim::MemoryOwnStore store;
    store.put(Table::meta, text("a"), text("1"));
    store.put(Table::inbox, text("b"), text("2"));
    store.commit();
    store.put(Table::meta, text("a"), text("3"));
    store.erase(Table::inbox, text("b"));
    store.put(Table::inbox, text("b"), text("4"));
    store.put(Table::inbox, text("c"), text("5"));
    store.rollback();
    CHECK(store.get(Table::meta, text("a")) == text("1"));
    CHECK(store.get(Table::inbox, text("b")) == text("2"));
    CHECK(store.size() == 2);
}

TEST_CASE("an own store is scanned in order, one table, from a key on") {
    sim::MemoryOwnStore store;
    for (const char* key : {"c", "a", "b"}) store.put(Table::inbox, text(key), text("x"));
    store.put(Table::outbox, text("b"), text("y"));
    std::string seen;
    store.scan(Table::inbox, text("b"), [&](base::ByteView key, base::ByteView) {
        seen += base::as_text(key);
        return true;
    });
    CHECK(seen == "bc");
}

TEST_CASE_FIXTURE(Fixture,
                  "a crash loses the offer that was not committed, and gives its keys to nobody else once "
                  "the vault is saved") {
    market::Effects out;
    const market::OfferView lost = publish(out);
    person.save_vault();
    person.close();
    start();
    CHECK(offers() == 0);
    out.clear();
    const market::OfferView next = publish(out);
    CHECK(next.publisher != lost.publisher);
    CHECK(next.mailbox != lost.mailbox);
}

TEST_CASE_FIXTURE(Fixture, "a crash keeps the offer that was committed, and its mailbox's key") {
    market::Effects out;
    const market::OfferView offer = publish(out);
    finish(out);
    const std::uint64_t job = person.wait(std::get<market::FindWork>(out.at(1)));
    person.close();
    CHECK(!person.is_open());
    start();
    CHECK(offers() == 1);
    CHECK(person.market().vault().mailboxes().contains(*offer.mailbox));
    CHECK(!person.take_work(job));  // the worker is gone, too
}

TEST_CASE_FIXTURE(Fixture, "work that was cancelled is answered to nobody, other work once") {
    const base::ItemId one{};
    base::ItemId two{};
    two.data[0] = 1;
    const std::uint64_t first = person.wait(market::FindWork{one, 5});
    const std::uint64_t second = person.wait(market::FindWork{two, 5});
    person.cancel_work(one);
    CHECK(!person.take_work(first));
    REQUIRE(person.take_work(second));
    CHECK(!person.take_work(second));
}

TEST_CASE_FIXTURE(Fixture,
                  "a person sees the node's flood store: what is alive by kind and order, and things by id") {
    market::Effects out;
    const market::OfferView one = publish(out);
    const market::OfferView two = publish(out);
    const item::ReadPtr first = flood(one);
    const item::ReadPtr second = flood(two);
    std::vector<base::ItemId> newest;
    person.flood().of_kind(item::kind_offer, UINT64_MAX, [&](core::Position, const item::ReadPtr& item) {
        newest.push_back(item->id);
        return true;
    });
    CHECK(newest == std::vector{second->id, first->id});
    std::vector<base::ItemId> since;
    person.flood().of_kind_since(item::kind_offer, 1, [&](core::Position, const item::ReadPtr& item) {
        since.push_back(item->id);
        return true;
    });
    CHECK(since == std::vector{second->id});
    CHECK(person.flood().count_of_kind(item::kind_offer) == 2);
    CHECK(person.flood().count_of_kind(item::kind_mail) == 0);
    CHECK(person.flood().last_position() == 2);
    CHECK(person.flood().get(first->id) == first);
    std::vector<item::ThingId> things;
    person.flood().things(std::max(one.thing, two.thing),
                          [&](const item::ThingId& thing, const core::SlotState&) {
                              things.push_back(thing);
                              return true;
                          });
    CHECK(things == std::vector{std::max(one.thing, two.thing)});
}
