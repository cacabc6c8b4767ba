// Own offers, and everybody's as they are shown.
#include <doctest/doctest.h>

#include "base/encoding.hpp"
#include "base/limits/items.hpp"
#include "base/limits/person.hpp"
#include "fakes.hpp"
#include "item/make.hpp"
#include "market/offers/offers.hpp"

namespace hearsay::market {
namespace {

namespace limits = base::limits;
using base::ErrorCode;

struct Fixture {
    Person alice{1};
    Person bob{2};

    OfferView published(const std::string& title = "bicycle") {
        auto offer = alice.publish(title);
        REQUIRE(offer);
        return *offer;
    }
    OfferView shown(Person& to, const item::ThingId& thing) {
        auto offer = to.market->offer(base::to_hex(thing), to.store, to.flood);
        REQUIRE(offer);
        return *offer;
    }
    base::Result<OfferView> remove(Person& by, const item::ThingId& thing) {
        return by.turn([&](const Turn& turn) { return by.market->remove_offer(thing, turn); });
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture,
                  "the first start makes a main persona and a main mailbox, the second one none") {
    for (int run = 0; run < 2; ++run) {
        REQUIRE(alice.market->personas(alice.store).size() == 1);
        CHECK(alice.market->personas(alice.store)[0].purpose == "main");
        REQUIRE(alice.market->mailboxes().size() == 1);
        CHECK(alice.market->mailboxes()[0].purpose == "main");
        alice.start();
    }
}

TEST_CASE_FIXTURE(Fixture,
                  "an offer is kept as working, worked, submitted, injected, and published once it "
                  "was heard back") {
    const OfferView offer = published();
    CHECK(offer.state == PublicationState::working);
    CHECK(offer.mine);
    CHECK(offer.sequence == 1);
    CHECK(offer.created == item::created_for(noon));
    CHECK(offer.expires == offer.created + offer_lifetime_default);
    CHECK(alice.market->counts().pending == 1);
    REQUIRE(alice.work.size() == 1);
    CHECK(alice.work[0].id == offer.item);
    alice.do_work();
    REQUIRE(alice.submitted.size() == 1);
    CHECK(alice.submitted[0]->id == offer.item);
    CHECK(alice.submitted[0]->item.nonce == 7);
    CHECK(alice.work.empty());
    CHECK(shown(alice, offer.thing).state == PublicationState::queued);
    alice.injected(offer.item, 1);
    alice.injected(offer.item, 2);
    CHECK(shown(alice, offer.thing).state == PublicationState::injected);
    CHECK(shown(alice, offer.thing).spread == Spread{2, 0});
    CHECK(alice.market->counts().pending == 1);
    alice.heard(offer.item, 1);
    CHECK(shown(alice, offer.thing).state == PublicationState::published);
    CHECK(shown(alice, offer.thing).spread == Spread{2, 1});
    CHECK(alice.market->counts().pending == 0);
}

TEST_CASE_FIXTURE(
    Fixture,
    "how far an offer got survives a crash, and the core is told how often it was injected") {
    const OfferView offer = published();
    alice.do_work();
    alice.injected(offer.item, 1);
    alice.injected(offer.item, 2);
    alice.start();
    REQUIRE(alice.submitted.size() == 1);
    CHECK(alice.injected_before == 2);
    CHECK(shown(alice, offer.thing).spread == Spread{2, 0});
    for (std::size_t peers = 1; peers <= 7; ++peers) alice.heard(offer.item, peers);
    CHECK(shown(alice, offer.thing).spread == Spread{2, 7});
    alice.start();
    CHECK(shown(alice, offer.thing).spread == Spread{2, 4});  // what is kept: each doubling
    CHECK(shown(alice, offer.thing).state == PublicationState::published);
    alice.heard(offer.item, 1);  // the core counts anew
    CHECK(shown(alice, offer.thing).spread == Spread{2, 4});
    alice.heard(offer.item, 5);
    CHECK(shown(alice, offer.thing).spread == Spread{2, 5});
}

TEST_CASE_FIXTURE(Fixture, "a removal is heard back for itself, whatever was heard of the offer") {
    const OfferView offer = published();
    settle({&alice, &bob});
    REQUIRE(alice.turn(
        [&](const Turn& turn) { return alice.market->remove_offer(offer.thing, turn); }));
    CHECK(shown(alice, offer.thing).spread == Spread{0, 0});
    CHECK(alice.market->counts().pending == 1);
    alice.heard(offer.item, 3);  // of the version before: too late
    CHECK(shown(alice, offer.thing).spread == Spread{0, 0});
}

TEST_CASE_FIXTURE(Fixture, "what is submitted passes every check but the work") {
    published();
    alice.do_work();
    CHECK(item::check_costly(*alice.submitted.at(0)) == base::Fault::item_little_work);
    item::Read other = *alice.submitted.at(0);
    CHECK_FALSE(item::check_time(other.header, noon));
    CHECK_FALSE(item::content_problem(other));
}

TEST_CASE_FIXTURE(Fixture, "the work asked for is what the rules require") {
    const OfferView offer = published();
    const FindWork asked = alice.work.at(0);
    alice.do_work();
    CHECK(asked.trials == item::required_work(*alice.submitted.at(0)));
    CHECK(asked.id == offer.item);
}

TEST_CASE_FIXTURE(Fixture, "each offer has a persona, a mailbox and a slot of its own") {
    const OfferView one = published("one");
    const OfferView two = published("two");
    CHECK(one.publisher != two.publisher);
    CHECK(one.mailbox != two.mailbox);
    CHECK(one.thing != two.thing);
    const auto personas = alice.market->personas(alice.store);
    REQUIRE(personas.size() == 3);
    CHECK(personas[1].purpose == "offer " + base::to_hex(one.thing));
    CHECK(personas[1].key == one.publisher);
    CHECK(alice.market->vault().mailboxes().at(*one.mailbox).destroy_after ==
          one.expires + limits::lifetime_max + limits::grace);
}

TEST_CASE_FIXTURE(Fixture, "another node shows it as somebody else's, the maker's as mine") {
    const OfferView offer = published();
    settle({&alice, &bob});
    const auto theirs = bob.market->offers(bob.store, bob.flood, 10);
    REQUIRE(theirs.size() == 1);
    CHECK(theirs[0].thing == offer.thing);
    CHECK(theirs[0].text.title == "bicycle");
    CHECK_FALSE(theirs[0].mine);
    CHECK(theirs[0].state == PublicationState::live);
    const auto ours = alice.market->offers(alice.store, alice.flood, 10);
    REQUIRE(ours.size() == 1);
    CHECK(ours[0].mine);
    CHECK(ours[0].state == PublicationState::published);
}

TEST_CASE_FIXTURE(Fixture,
                  "offers are listed newest first, own ones that are not out yet before all") {
    bob.publish("old");
    settle({&bob, &alice});
    bob.publish("new");
    settle({&bob, &alice});
    published("working");
    const auto listed = alice.market->offers(alice.store, alice.flood, 10);
    REQUIRE(listed.size() == 3);
    CHECK(listed[0].text.title == "working");
    CHECK(listed[1].text.title == "new");
    CHECK(listed[2].text.title == "old");
    CHECK(alice.market->offers(alice.store, alice.flood, 2).size() == 2);
}

TEST_CASE_FIXTURE(Fixture,
                  "text is normalised; what breaks the kind's rules is told and changes nothing") {
    const auto offer = alice.publish("Cafe\xcc\x81");
    REQUIRE(offer);
    CHECK(offer->text.title == "Caf\xc3\xa9");
    const std::size_t puts = alice.store.puts;
    CHECK(alice.publish("").error() == base::Error{ErrorCode::invalid, "an offer needs a title"});
    CHECK(alice.publish("\xff").error() ==
          base::Error{ErrorCode::invalid, "the offer's text must be UTF-8"});
    CHECK(alice.publish("x", base::Seconds(5)).error().code == ErrorCode::invalid);
    CHECK(
        alice.publish("x", limits::lifetime_max + base::Seconds(1)).error().text.find("15 days") !=
        std::string::npos);
    CHECK(alice.store.puts == puts);
    CHECK(alice.market->own_offers(alice.store).size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "removing floods a removal under the next sequence") {
    const OfferView offer = published();
    settle({&alice, &bob});
    bob.told.clear();
    const auto removed = remove(alice, offer.thing);
    REQUIRE(removed);
    CHECK(removed->state == PublicationState::removed);
    CHECK(removed->sequence == 2);
    CHECK(removed->expires == removed->created + limits::lifetime_max);
    CHECK_FALSE(removed->mailbox);
    CHECK(removed->text.title == "bicycle");
    settle({&alice, &bob});
    CHECK(bob.market->offers(bob.store, bob.flood, 10).empty());
    CHECK(bob.market->offer(base::to_hex(offer.thing), bob.store, bob.flood).error().code ==
          ErrorCode::not_found);
    REQUIRE_FALSE(bob.told.empty());
    CHECK(bob.told.back().what == Happening::offer_gone);
    CHECK(alice.market->offers(alice.store, alice.flood, 10).empty());
    REQUIRE(alice.market->own_offers(alice.store).size() == 1);
    CHECK(alice.market->counts().pending == 0);
}

TEST_CASE_FIXTURE(
    Fixture,
    "an offer that is being removed is not shown to its maker while the removal is worked on") {
    const OfferView offer = published();
    settle({&alice, &bob});
    REQUIRE(remove(alice, offer.thing));
    CHECK(alice.market->offers(alice.store, alice.flood, 10).empty());
    CHECK(alice.market->counts().pending == 1);
}

TEST_CASE_FIXTURE(Fixture, "an offer that never got out is removed without a word to the network") {
    const OfferView offer = published();
    const std::vector<FindWork> asked = alice.work;
    REQUIRE(remove(alice, offer.thing));
    CHECK(alice.cancelled == std::vector<base::ItemId>{offer.item});
    CHECK(alice.work.size() == asked.size());  // nothing new
    alice.do_work();                           // the answer was under way
    CHECK(alice.submitted.empty());
    alice.start();
    CHECK(alice.work.empty());
    CHECK(alice.submitted.empty());
    CHECK(alice.market->counts().pending == 0);
}

TEST_CASE_FIXTURE(Fixture, "removing fails with the reason: not mine, removed already, expired") {
    const OfferView offer = published();
    settle({&alice, &bob});
    CHECK(remove(bob, offer.thing).error().code == ErrorCode::not_found);
    REQUIRE(remove(alice, offer.thing));
    CHECK(remove(alice, offer.thing).error().code == ErrorCode::conflict);
    const OfferView other = published("other");
    alice.now = other.expires;
    CHECK(remove(alice, other.thing).error().code == ErrorCode::refused);
}

TEST_CASE_FIXTURE(
    Fixture, "an expired offer is marked, its search for work cancelled, and later forgotten") {
    const OfferView offer = published();
    alice.now = offer.expires;
    alice.tick();
    CHECK(alice.cancelled == std::vector<base::ItemId>{offer.item});
    CHECK(alice.market->own_offers(alice.store).at(0).state == PublicationState::expired);
    CHECK(alice.market->offers(alice.store, alice.flood, 10).empty());
    CHECK(alice.market->counts().pending == 0);
    alice.work.clear();
    alice.start();
    CHECK(alice.work.empty());
    alice.now = offer.expires + keep_expired;
    alice.tick();
    CHECK(alice.market->own_offers(alice.store).empty());
    CHECK(alice.store.count(Table::publications) == 0);
}

TEST_CASE_FIXTURE(Fixture, "work that is found after the end is not submitted") {
    const OfferView offer = published();
    alice.now = offer.expires;
    alice.do_work();
    CHECK(alice.submitted.empty());
}

TEST_CASE_FIXTURE(Fixture,
                  "ids are found by a unique beginning of eight letters or more, in either case") {
    const OfferView offer = published();
    settle({&alice, &bob});
    const std::string id = base::to_hex(offer.thing);
    std::string upper = id.substr(0, 9);
    for (char& c : upper)
        if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
    CHECK(bob.market->offer(id.substr(0, 8), bob.store, bob.flood)->thing == offer.thing);
    CHECK(bob.market->offer(upper, bob.store, bob.flood)->thing == offer.thing);
    CHECK(alice.market->offer(id.substr(0, 8), alice.store, alice.flood)->thing == offer.thing);
    for (const std::string& bad :
         {id.substr(0, 7), id + "0", std::string("bicycle!"), std::string()})
        CHECK(bob.market->offer(bad, bob.store, bob.flood).error() ==
              base::Error{ErrorCode::invalid,
                          "an offer id is 64 letters 0-9 and a-f; a unique beginning of 8 or more "
                          "is enough"});
    CHECK(bob.market->offer("00000000", bob.store, bob.flood).error().code == ErrorCode::not_found);
}

TEST_CASE_FIXTURE(Fixture, "own offers are limited") {
    Effects unheard;
    for (std::size_t i = 0; i < limits::own_offers_max; ++i)
        REQUIRE(alice.market->publish_offer({"x", "", "", "", {}}, hour,
                                            {alice.now, alice.store, alice.flood, unheard}));
    const auto more = alice.publish("one too many");
    REQUIRE_FALSE(more);
    CHECK(more.error().code == ErrorCode::exhausted);
    alice.now += 2 * hour;
    alice.tick();
    CHECK(alice.publish("room again"));
}

TEST_CASE_FIXTURE(Fixture, "a main mailbox is replaced after a while and the old one still reads") {
    const base::MailboxId first = alice.market->mailboxes().at(0).key;
    alice.now += main_mailbox_max;
    alice.tick();
    const auto now_there = alice.market->mailboxes();
    REQUIRE(now_there.size() == 2);
    CHECK(now_there[0].key != first);
    CHECK(now_there[0].purpose == "main");
    CHECK(now_there[1].key == first);
}

TEST_CASE_FIXTURE(Fixture, "nothing that names what is whose stands in the clear on disk") {
    const OfferView offer = published();
    const auto clear = [&](base::ByteView secret) {
        for (const auto& [key, value] : alice.store.rows())
            for (const base::Bytes* bytes : {&key.second, &value})
                if (std::search(bytes->begin(), bytes->end(), secret.begin(), secret.end()) !=
                    bytes->end())
                    return true;
        return false;
    };
    CHECK_FALSE(clear(offer.thing.view()));
    CHECK_FALSE(clear(offer.item.view()));
    CHECK_FALSE(clear(offer.mailbox->view()));
    CHECK_FALSE(clear(offer.publisher.view()));
    CHECK_FALSE(clear(base::as_bytes("bicycle")));
}

TEST_CASE_FIXTURE(Fixture, "an offer stays one offer through work, relay and a new start") {
    const OfferView offer = published();
    settle({&alice, &bob});
    for (int run = 0; run < 2; ++run) {
        REQUIRE(alice.market->own_offers(alice.store).size() == 1);
        CHECK(alice.market->own_offers(alice.store)[0].thing == offer.thing);
        CHECK(alice.store.count(Table::publications) == 1);
        alice.start();
    }
}

TEST_CASE_FIXTURE(Fixture, "a damaged record stops the start") {
    published();
    for (auto& [key, value] : alice.store.rows())
        if (key.first == Table::publications) value.back() ^= 1;
    alice.store.commit();
    auto vault = Vault::open(alice.vault_file, base::as_bytes(alice.passphrase));
    Market market(item::Network::sim, *std::move(vault), seeded(5));
    Effects out;
    CHECK(market.start({noon, alice.store, alice.flood, out}).error().code == ErrorCode::corrupt);
    CHECK(out.empty());
}

}  // namespace hearsay::market
