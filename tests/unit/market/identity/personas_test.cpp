#include <doctest/doctest.h>

#include "base/encoding.hpp"
#include "fakes.hpp"
#include "market/address.hpp"
#include "market/keys/vault.hpp"

namespace hearsay::market {
namespace {

struct Fixture {
    explicit Fixture(std::uint8_t number = 1) : alice(number) {}
    Person alice;

    base::Result<PersonaView> make(const std::string& name) {
        return alice.turn([&](const Turn& turn) { return alice.market->new_persona(name, turn); });
    }
    base::Result<PersonaView> import(const std::string& secret, const std::string& name = {}) {
        return alice.turn(
            [&](const Turn& turn) { return alice.market->import_persona(secret, name, turn); });
    }
    base::Result<PersonaView> retire(const std::string& which) {
        return alice.turn(
            [&](const Turn& turn) { return alice.market->retire_persona(which, turn); });
    }
    base::Result<OfferView> publish(const std::string& persona) {
        return alice.turn([&](const Turn& turn) {
            return alice.market->publish_offer({"bicycle", "", "", "", {}}, day, turn, persona);
        });
    }
};

const std::string foreign = persona_secret(base::Secret{{7}});

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a kept persona signs several offers, each with a mailbox of its own") {
    const auto shop = make("shop");
    REQUIRE(shop);
    const auto one = publish("shop");
    const auto two = publish(persona_address(shop->key));
    REQUIRE(one);
    REQUIRE(two);
    CHECK(one->publisher == shop->key);
    CHECK(two->publisher == shop->key);
    CHECK(one->thing != two->thing);
    CHECK(one->mailbox != two->mailbox);
    CHECK(publish("")->publisher != shop->key);
}

TEST_CASE_FIXTURE(Fixture, "a kept persona stays when nothing uses it, over starts and years") {
    REQUIRE(make("shop"));
    REQUIRE(make("blog"));  // the newest stays anyway
    const auto persona = alice.market->persona("shop", alice.store);
    alice.now += 400 * day;
    alice.tick();
    alice.start();
    REQUIRE(alice.market->persona("shop", alice.store));
    CHECK(alice.market->persona("shop", alice.store)->key == persona->key);
    CHECK(publish("shop"));
}

TEST_CASE_FIXTURE(Fixture, "names are of one persona, and are not addresses") {
    REQUIRE(make("shop"));
    CHECK(make("shop").error().code == base::ErrorCode::conflict);
    CHECK(make("main").error().code == base::ErrorCode::conflict);
    for (const char* bad : {"hsp1x", "two words", "a/b", "gr\xc3\xbc\xc3\x9f"}) {
        CAPTURE(bad);
        CHECK(make(bad).error().code == base::ErrorCode::invalid);
    }
    CHECK(make(std::string(41, 'a')).error().code == base::ErrorCode::invalid);
    CHECK(make(""));
    CHECK(make(""));
    CHECK(alice.market->persona("", alice.store).error().code == base::ErrorCode::not_found);
}

TEST_CASE_FIXTURE(
    Fixture, "a persona with an offer alive is not retired, and signs nothing new afterwards") {
    REQUIRE(make("shop"));
    const auto offer = publish("shop");
    REQUIRE(offer);
    CHECK(retire("shop").error().text.find("1 offer that is alive") != std::string::npos);
    REQUIRE(alice.turn(
        [&](const Turn& turn) { return alice.market->remove_offer(offer->thing, turn); }));
    const auto retired = retire("shop");
    REQUIRE(retired);
    CHECK(retired->retired);
    CHECK(publish("shop").error().code == base::ErrorCode::refused);
    CHECK(retire("shop").error().code == base::ErrorCode::refused);
    CHECK(retire("main").error().code == base::ErrorCode::refused);
    // Gone with its last offer, but for the newest, which marks the index.
    REQUIRE(make("next"));
    alice.now += keep_expired + 16 * day;
    alice.tick();
    CHECK(alice.market->persona("shop", alice.store).error().code == base::ErrorCode::not_found);
}

TEST_CASE_FIXTURE(Fixture, "an exported persona is the same one where it is imported") {
    const auto shop = make("shop");
    const auto secret = alice.market->export_persona("shop", alice.store);
    REQUIRE(secret);
    CHECK(secret->starts_with("hssec1"));
    CHECK(import(*secret).error().code == base::ErrorCode::conflict);
    Fixture other(2);
    const auto taken = other.import(*secret, "old-shop");
    REQUIRE(taken);
    CHECK(taken->key == shop->key);
    other.alice.start();
    const auto offer = other.publish("old-shop");
    REQUIRE(offer);
    CHECK(offer->publisher == shop->key);
    CHECK(other.alice.market->export_persona("old-shop", other.alice.store) == *secret);
}

TEST_CASE_FIXTURE(Fixture, "a secret with a typing error is refused and not repeated") {
    std::string wrong = foreign;
    wrong[10] = wrong[10] == 'q' ? 'p' : 'q';
    const auto failed = import(wrong);
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == base::ErrorCode::invalid);
    CHECK(failed.error().text.find(wrong.substr(8, 10)) == std::string::npos);
    CHECK_FALSE(import(mailbox_address(base::MailboxId{})));
}

TEST_CASE("a crash while importing leaves no seed without a persona for longer than a tick") {
    for (Crash crash :
         {Crash::before_vault, Crash::before_commit, Crash::before_speaking, Crash::never}) {
        CAPTURE(static_cast<int>(crash));
        Fixture f;
        f.alice.next_crash = crash;
        REQUIRE(f.import(foreign, "old"));
        f.alice.start();
        f.alice.tick();
        const bool durable = crash == Crash::before_speaking || crash == Crash::never;
        CHECK(f.alice.market->vault().imported().size() == (durable ? 1 : 0));
        CHECK(f.alice.market->persona("old", f.alice.store).has_value() == durable);
        if (!durable) CHECK(f.import(foreign, "old"));
    }
}

TEST_CASE_FIXTURE(Fixture,
                  "an imported persona that is retired loses its key when nothing needs it") {
    REQUIRE(import(foreign, "old"));
    REQUIRE(retire("old"));
    alice.tick();
    CHECK(alice.market->vault().imported().empty());
    const auto vault = Vault::open(alice.vault_file, base::as_bytes(alice.passphrase));
    CHECK(vault->imported().empty());
    // Indexes of one's own are given as before: an imported one is above all of them.
    const auto offer = alice.publish("bicycle");
    REQUIRE(offer);
    CHECK(alice.market->vault().next_persona() < Vault::imported_first);
}

TEST_CASE(
    "mail to a persona that is retired is answered by a fresh one, and never by a later import") {
    for (const bool imported : {false, true})
        for (const base::Seconds later : {base::Seconds(0), 60 * day}) {
            CAPTURE(imported);
            CAPTURE(later.count());
            Fixture f;
            Person& alice = f.alice;
            Person bob(2);
            const auto old = imported ? f.import(foreign, "old") : f.make("old");
            REQUIRE(old);
            MailDraft draft{mailbox_address(bob.market->mailboxes().at(0).key), "", "hello",
                            base::Seconds(0)};
            draft.persona = "old";
            const auto sent =
                alice.turn([&](const Turn& turn) { return alice.market->send_mail(draft, turn); });
            REQUIRE(sent);
            settle({&alice, &bob});
            REQUIRE(bob.send(base::to_hex(sent->letter.id), "yes"));
            settle({&alice, &bob});
            REQUIRE(alice.inbox().size() == 1);
            REQUIRE(f.retire("old"));
            for (const base::WallTime until = alice.now + later; alice.now < until;
                 alice.now += day)
                alice.tick();
            if (imported && later != base::Seconds(0))
                CHECK(alice.market->vault().imported().empty());
            alice.start();
            const auto other = f.import(persona_secret(base::Secret{{8}}), "other");
            REQUIRE(other);
            const auto answer = alice.send(base::to_hex(alice.inbox()[0].letter.id), "no");
            REQUIRE(answer);
            CHECK(answer->letter.sender != old->key);
            CHECK(answer->letter.sender != other->key);
            CHECK(answer->letter.reply_to != sent->letter.reply_to);
        }
}

TEST_CASE(
    "a mail is signed by the persona that was asked for, and answers go to a mailbox of its own") {
    Person alice(1);
    Person bob(2);
    const auto shop = alice.turn([&](const Turn& turn) {
        return alice.market->new_persona("shop", {noon, alice.store, alice.flood, turn.out});
    });
    MailDraft draft{mailbox_address(bob.market->mailboxes().at(0).key), "about it", "hello",
                    base::Seconds(0)};
    draft.persona = "shop";
    const auto sent = alice.turn([&](const Turn& turn) {
        return alice.market->send_mail(draft, {noon, alice.store, alice.flood, turn.out});
    });
    REQUIRE(sent);
    CHECK(sent->letter.sender == shop->key);
    settle({&alice, &bob});
    REQUIRE(bob.inbox().size() == 1);
    REQUIRE(bob.send(base::to_hex(sent->letter.id.view()), "yes"));
    settle({&alice, &bob});
    REQUIRE(alice.inbox().size() == 1);
    // The answer to the answer comes from the shop again, without being told.
    const auto again = alice.send(base::to_hex(alice.inbox()[0].letter.id.view()), "good");
    REQUIRE(again);
    CHECK(again->letter.sender == shop->key);
    draft.persona = "nobody";
    CHECK_FALSE(alice.turn([&](const Turn& turn) {
        return alice.market->send_mail(draft, {noon, alice.store, alice.flood, turn.out});
    }));
}

}  // namespace hearsay::market
