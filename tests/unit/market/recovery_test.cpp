// From the words: personas, offers and mail come back, whatever moment the machine stops at.
#include <doctest/doctest.h>

#include "base/encoding.hpp"
#include "base/limits/items.hpp"
#include "crypto/ed25519.hpp"
#include "fakes.hpp"
#include "market/address.hpp"

namespace hearsay::market {
namespace {

constexpr Crash every_crash[] = {Crash::before_vault, Crash::before_commit, Crash::before_speaking,
                                 Crash::never};

base::Result<void> recover(Person& person, const std::string& words) {
    return person.turn([&](const Turn& turn) { return person.market->recover(words, turn); });
}

// What floods where one is, floods where the other is.
void copy_flood(const Person& from, Person& to) {
    from.flood.of_kind_since(item::kind_offer, 0, [&](core::Position, const item::ReadPtr& read) {
        to.flood.store(read);
        return true;
    });
    from.flood.of_kind_since(item::kind_mail, 0, [&](core::Position, const item::ReadPtr& read) {
        to.flood.store(read);
        return true;
    });
}

}  // namespace

TEST_CASE("the words bring an offer back that floods, to be updated and removed, with its mail") {
    Person alice(1, early);
    Person bob(2, early);
    const auto offer = bob.publish("bicycle");
    REQUIRE(bob.turn([&](const Turn& turn) {
        return bob.market->update_offer(offer->thing, {"bicycle, cheaper", "", "", "", {}}, 0 * day,
                                        {early, bob.store, bob.flood, turn.out});
    }));
    settle({&alice, &bob});
    const auto mail = alice.send(base::to_hex(offer->thing), "hello");
    settle({&alice});

    Person again(3, early);
    again.now = early + day;
    copy_flood(alice, again);
    REQUIRE(recover(again, bob.words));
    again.do_recovery();
    again.do_tries();
    const auto offers = again.market->own_offers(again.store);
    REQUIRE(offers.size() == 1);
    CHECK(offers[0].thing == offer->thing);
    CHECK(offers[0].text.title == "bicycle, cheaper");
    CHECK(offers[0].sequence == 2);
    CHECK(offers[0].state == PublicationState::published);
    REQUIRE(again.inbox().size() == 1);
    CHECK(again.inbox()[0].letter.id == mail->letter.id);
    // The mailbox lives as long as the offer's mail may.
    CHECK(again.market->vault().mailboxes().at(*offer->mailbox).destroy_after >=
          offers[0].expires + base::limits::lifetime_max);
    again.start();
    const auto removed = again.turn(
        [&](const Turn& turn) { return again.market->remove_offer(offer->thing, turn); });
    REQUIRE(removed);
    settle({&alice, &again});
    CHECK(alice.market->offers(alice.store, alice.flood, 10).empty());
}

TEST_CASE(
    "an offer that arrives after the recovery is found at a later tick, also after a new start") {
    Person alice(1, early);
    Person bob(2, early);
    const auto offer = bob.publish("bicycle");
    settle({&alice, &bob});
    Person again(3, early);
    again.now = early + day;
    REQUIRE(recover(again, bob.words));
    again.do_recovery();
    CHECK(again.market->own_offers(again.store).empty());
    copy_flood(alice, again);
    again.start();
    again.do_recovery();
    CHECK(again.market->own_offers(again.store).size() == 1);
    // And the scan ends, for good, when nothing from before can be alive.
    again.now += mailbox_life_max;
    again.tick();
    CHECK_FALSE(again.market->vault().recovered());
    again.start();
    CHECK(again.lists.empty());
    CHECK_FALSE(again.market->wants_recovery());
}

TEST_CASE("a removed offer, and somebody else's, do not become one's own") {
    Person alice(1, early);
    Person bob(2, early);
    const auto offer = bob.publish("bicycle");
    REQUIRE(alice.publish("tent"));
    settle({&alice, &bob});
    REQUIRE(bob.turn([&](const Turn& turn) {
        return bob.market->remove_offer(offer->thing, {early, bob.store, bob.flood, turn.out});
    }));
    settle({&alice, &bob});
    Person again(3, early);
    copy_flood(alice, again);
    REQUIRE(recover(again, bob.words));
    again.do_recovery();
    CHECK(again.market->own_offers(again.store).empty());
}

TEST_CASE(
    "a crash at any point of a recovery leaves an empty node of the old person or one of the new") {
    for (Crash crash : every_crash) {
        CAPTURE(static_cast<int>(crash));
        Person bob(2, early);
        const auto main = bob.market->personas(bob.store).at(0).key;
        Person again(3, early);
        const auto before = again.market->personas(again.store).at(0).key;
        again.next_crash = crash;
        REQUIRE(recover(again, bob.words));
        again.start();
        const bool recovered = crash != Crash::before_vault;
        REQUIRE(again.market->personas(again.store).size() == 1);
        CHECK(again.market->personas(again.store).at(0).key == (recovered ? main : before));
        CHECK(again.market->vault().recovered().has_value() == recovered);
        CHECK_FALSE(again.lists.empty() == recovered);
        // The file's passphrase is the same.
        CHECK(Vault::open(again.vault_file, base::as_bytes(again.passphrase)));
        REQUIRE(recover(again, bob.words));
        again.start();
        CHECK(again.market->personas(again.store).at(0).key == main);
        CHECK(again.publish("works"));
    }
}

TEST_CASE("a node with something in it is not recovered, and says what it has") {
    Person bob(2, early);
    Person again(3, early);
    REQUIRE(again.publish("bicycle"));
    REQUIRE(again.send(mailbox_address(bob.market->mailboxes().at(0).key), "x"));
    const auto refused = recover(again, bob.words);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == base::ErrorCode::refused);
    CHECK(refused.error().text.find("1 offer, 1 mail") != std::string::npos);
    CHECK(again.market->own_offers(again.store).size() == 1);
    Person named(4, early);
    REQUIRE(named.turn([&](const Turn& turn) {
        return named.market->new_persona("shop", {early, named.store, named.flood, turn.out});
    }));
    CHECK(recover(named, bob.words).error().text.find("1 persona") != std::string::npos);
}

TEST_CASE("wrong words change nothing") {
    Person again(3, early);
    const base::Bytes file = again.vault_file;
    const auto rows = again.store.rows();
    CHECK(recover(again, "abandon abandon").error().code == base::ErrorCode::invalid);
    CHECK(again.vault_file == file);
    CHECK(again.store.rows() == rows);
}

TEST_CASE("a store of another person than the vault's is refused, not emptied") {
    Person alice(1, early);
    Person bob(2, early);
    REQUIRE(alice.publish("bicycle"));
    const auto rows = alice.store.rows();
    auto vault = Vault::open(bob.vault_file, base::as_bytes(bob.passphrase));
    REQUIRE(vault);
    Market mixed(item::Network::sim, *std::move(vault), seeded(5));
    Effects out;
    const auto started = mixed.start({early, alice.store, alice.flood, out});
    REQUIRE_FALSE(started);
    CHECK(started.error().code == base::ErrorCode::corrupt);
    CHECK(alice.store.rows() == rows);
}

TEST_CASE(
    "personas are listed in chunks, the latest first, and answers to an earlier scan are passed "
    "over") {
    PersonaScan scan(PersonaScan::chunk_max + 5, {}, {item::kind_offer, item::kind_rating});
    const base::Secret root{{3}};
    CHECK(scan.chunk() == PersonaScan::chunk_max);
    CHECK(scan.next() == 5);
    CHECK_FALSE(scan.wants_walk());
    const auto latest = list_personas(root, 5, PersonaScan::chunk_max);
    CHECK_FALSE(scan.add(4, latest));
    CHECK(scan.add(5, latest));
    CHECK_FALSE(scan.add(5, latest));
    CHECK(scan.chunk() == 5);
    CHECK_FALSE(scan.wants_walk());
    CHECK(scan.add(0, list_personas(root, 0, 5)));
    CHECK(scan.chunk() == 0);
    CHECK(scan.wants_walk());
    for (const std::uint32_t index : {0U, 7U, PersonaScan::chunk_max + 4}) {
        const auto key = crypto::ed25519_public_key(Vault::derive_persona(root, index));
        CHECK(scan.candidates(base::PublisherKey{key.data}) == std::vector<std::uint32_t>{index});
    }
}

TEST_CASE(
    "offers are looked for as soon as the personas of the last weeks are listed, and again at the "
    "end") {
    constexpr std::uint32_t chunk = PersonaScan::chunk_max;
    PersonaScan scan(PersonaScan::recent_max + chunk, {}, {item::kind_offer, item::kind_rating});
    const std::vector<PersonaMark> some(chunk);
    while (!scan.wants_walk()) {
        REQUIRE(scan.chunk() == chunk);
        REQUIRE(scan.add(scan.next(), some));
    }
    CHECK(scan.chunk() > 0);
    for (PersonaScan::Walk& walk : scan.walks()) walk = {walk.kind, 77, false};
    CHECK_FALSE(scan.wants_walk());
    while (scan.chunk() > 0) REQUIRE(scan.add(scan.next(), std::vector<PersonaMark>(scan.chunk())));
    CHECK(scan.wants_walk());
    for (const PersonaScan::Walk& walk : scan.walks()) CHECK(walk.walked == 0);
}

}  // namespace hearsay::market
