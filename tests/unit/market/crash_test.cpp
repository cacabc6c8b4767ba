// Crashes at every durable step, and keys that are gone for good.
#include <doctest/doctest.h>

#include "base/encoding.hpp"
#include "base/limits/items.hpp"
#include "fakes.hpp"
#include "item/mailbox.hpp"
#include "market/address.hpp"

namespace hearsay::market {
namespace {

constexpr Crash every_crash[] = {Crash::before_vault, Crash::before_commit, Crash::before_speaking,
                                 Crash::never};

}  // namespace

TEST_CASE("an offer survives a crash after the commit and is worked on again") {
    for (Crash crash : every_crash) {
        CAPTURE(static_cast<int>(crash));
        Person alice(1);
        alice.next_crash = crash;
        const auto offer = alice.publish("bicycle");
        REQUIRE(offer);
        alice.start();
        const bool durable = crash == Crash::before_speaking || crash == Crash::never;
        CHECK(alice.market->own_offers(alice.store).size() == (durable ? 1 : 0));
        CHECK(alice.work.size() == (durable ? 1 : 0));
        if (durable) {
            CHECK(alice.work[0].id == offer->item);
            CHECK(alice.market->vault().mailboxes().contains(*offer->mailbox));
        }
    }
}

TEST_CASE(
    "after a commit that failed, a new start knows only what was kept and saves the vault first") {
    Person alice(1);
    Effects out;
    const auto lost = alice.market->publish_offer({"bicycle", "", "", "", {}}, day,
                                                  {noon, alice.store, alice.flood, out});
    REQUIRE(lost);
    REQUIRE(alice.market->counts().pending == 1);
    alice.store.roll_back();  // the disk was full: neither vault nor records were kept
    out.clear();
    REQUIRE(alice.market->start({noon, alice.store, alice.flood, out}));
    CHECK(alice.market->counts().pending == 0);
    CHECK(alice.market->own_offers(alice.store).empty());
    REQUIRE(!out.empty());
    CHECK(std::holds_alternative<SaveVault>(out[0]));
    out.clear();
    const auto next = alice.market->publish_offer({"bicycle", "", "", "", {}}, day,
                                                  {noon, alice.store, alice.flood, out});
    REQUIRE(next);
    CHECK(next->publisher != lost->publisher);
    CHECK(alice.market->counts().pending == 1);
}

TEST_CASE("no crash makes two offers share a persona or a mailbox once one of them could be out") {
    for (Crash crash : every_crash) {
        CAPTURE(static_cast<int>(crash));
        Person alice(1);
        alice.next_crash = crash;
        const auto lost = alice.publish("one");
        REQUIRE(lost);
        alice.start();
        const auto next = alice.publish("two");
        REQUIRE(next);
        // Before the vault is saved nothing of the first can have left the machine:
        // reuse links nothing.
        if (crash == Crash::before_vault) continue;
        CHECK(lost->publisher != next->publisher);
        CHECK(lost->mailbox != next->mailbox);
    }
}

TEST_CASE("the vault is saved before what depends on it, in every list that gives a key") {
    Person alice(1);
    Effects out;
    REQUIRE(alice.market->publish_offer({"bicycle", "", "", "", {}}, day,
                                        {noon, alice.store, alice.flood, out}));
    REQUIRE(out.size() == 2);
    CHECK(std::holds_alternative<SaveVault>(out[0]));
    CHECK(std::holds_alternative<FindWork>(out[1]));
    out.clear();
    const std::string to = mailbox_address(alice.market->mailboxes().at(0).key);
    REQUIRE(alice.market->send_mail({to, "", "x", day}, {noon, alice.store, alice.flood, out}));
    REQUIRE(out.size() == 2);
    CHECK(std::holds_alternative<SaveVault>(out[0]));
}

TEST_CASE("an older vault file that was put back gives no persona twice") {
    Person alice(1);
    const base::Bytes old_file = alice.vault_file;
    const auto one = alice.publish("one");
    REQUIRE(one);
    alice.vault_file = old_file;
    alice.start();
    const auto two = alice.publish("two");
    REQUIRE(two);
    CHECK(one->publisher != two->publisher);
    CHECK(one->mailbox != two->mailbox);
}

TEST_CASE(
    "found work survives a crash or is searched again, and the item is submitted at every start") {
    for (Crash crash : every_crash) {
        CAPTURE(static_cast<int>(crash));
        Person alice(1);
        const auto offer = alice.publish("bicycle");
        REQUIRE(offer);
        alice.next_crash = crash;
        alice.do_work();
        alice.start();
        CHECK(alice.work.size() + alice.submitted.size() == 1);
        alice.do_work();
        REQUIRE(alice.submitted.size() == 1);
        CHECK(alice.submitted[0]->id == offer->item);
        alice.start();
        CHECK(alice.submitted.size() == 1);
    }
}

TEST_CASE("a removal survives a crash after the commit") {
    for (Crash crash : every_crash) {
        CAPTURE(static_cast<int>(crash));
        Person alice(1);
        Person bob(2);
        const auto offer = alice.publish("bicycle");
        settle({&alice, &bob});
        alice.next_crash = crash;
        REQUIRE(alice.turn([&](const Turn& turn) {
            return alice.market->remove_offer(offer->thing,
                                              {noon, alice.store, alice.flood, turn.out});
        }));
        alice.start();
        settle({&alice, &bob});
        const bool durable = crash == Crash::before_speaking || crash == Crash::never;
        CHECK(bob.market->offers(bob.store, bob.flood, 10).empty() == durable);
    }
}

TEST_CASE("a mail survives a crash of its sender at every step") {
    for (Crash crash : {Crash::before_speaking, Crash::never}) {
        for (Crash later : every_crash) {
            CAPTURE(static_cast<int>(crash));
            CAPTURE(static_cast<int>(later));
            Person alice(1);
            Person bob(2);
            const std::string to = mailbox_address(bob.market->mailboxes().at(0).key);
            alice.next_crash = crash;
            const auto mail = alice.send(to, "hello");
            REQUIRE(mail);
            alice.start();
            alice.next_crash = later;
            alice.do_work();
            alice.start();
            settle({&alice, &bob});
            REQUIRE(bob.inbox().size() == 1);
            CHECK(bob.inbox()[0].letter.id == mail->letter.id);
            CHECK(alice.market->list_mail(alice.store).at(0).state == MailState::heard);
            // The reply mailbox outlived it too.
            CHECK(alice.market->vault().mailboxes().contains(
                item::mailbox_id(*mail->letter.reply_to)));
        }
    }
}

TEST_CASE("a mail survives a crash of its receiver at every step and is shown once") {
    for (Crash crash : every_crash) {
        CAPTURE(static_cast<int>(crash));
        Person alice(1);
        Person bob(2);
        REQUIRE(alice.send(mailbox_address(bob.market->mailboxes().at(0).key), "hello"));
        alice.do_work();
        bob.hear(alice.submitted.at(0));
        bob.next_crash = crash;
        bob.answer(bob.tries.at(0));
        CHECK(bob.crashed == (crash != Crash::never));
        bob.start();
        bob.do_tries();
        CHECK(bob.inbox().size() == 1);
        bob.tick();
        bob.do_tries();
        bob.start();
        bob.do_tries();
        CHECK(bob.inbox().size() == 1);
        CHECK(bob.market->counts().unread == 1);
    }
}

TEST_CASE(
    "when a mailbox's time is over its mail opens no more, for whoever has disk and passphrase") {
    Person alice(1);
    Person bob(2);
    const auto offer = bob.publish("bicycle");
    settle({&alice, &bob});
    REQUIRE(alice.send(base::to_hex(offer->thing), "secret"));
    alice.do_work();
    const item::ReadPtr mail = alice.submitted.at(0);
    const auto opens = [&] {
        const auto vault = Vault::open(bob.vault_file, base::as_bytes(bob.passphrase));
        REQUIRE(vault);
        for (const auto& [key, mailbox] : vault->mailboxes())
            if (open_letter(*mail, *mailbox.key)) return true;
        return false;
    };
    CHECK(opens());
    bob.now = offer->expires + base::limits::lifetime_max + base::limits::grace;
    bob.now -= base::Seconds(1);
    bob.tick();
    CHECK(opens());
    bob.now += base::Seconds(1);
    bob.tick();
    CHECK_FALSE(opens());
    CHECK_FALSE(bob.market->vault().mailboxes().contains(*offer->mailbox));
    // Nor does today's link bring it back.
    auto vault = Vault::open(bob.vault_file, base::as_bytes(bob.passphrase));
    for (std::uint32_t i = 0; i < mailboxes_scanned; ++i)
        CHECK(vault->new_mailbox(bob.now, bob.now + day) != *offer->mailbox);
    // A search that begins from now on uses none of the destroyed keys.
    bob.hear(mail);
    for (const TryOpen& attempt : bob.tries)
        for (const auto& [key, secret] : *attempt.keys) CHECK(key != *offer->mailbox);
}

TEST_CASE("a mail that was opened with a key that is destroyed meanwhile stays closed") {
    Person alice(1);
    Person bob(2);
    const auto offer = bob.publish("bicycle");
    settle({&alice, &bob});
    REQUIRE(alice.send(base::to_hex(offer->thing), "secret"));
    alice.do_work();
    bob.hear(alice.submitted.at(0));
    REQUIRE(bob.tries.size() == 1);  // a worker has the keys of now
    const TryOpen attempt = std::exchange(bob.tries, {}).at(0);
    bob.now = offer->expires + base::limits::lifetime_max + base::limits::grace;
    bob.tick();
    REQUIRE_FALSE(bob.market->vault().mailboxes().contains(*offer->mailbox));
    bob.answer(attempt);
    CHECK(bob.inbox().empty());
    CHECK(bob.market->counts().unread == 0);
    CHECK(bob.store.count(Table::seen_mail) == 0);
    bob.start();
    CHECK(bob.inbox().empty());
}

TEST_CASE("what is tried after a key was destroyed is tried without it") {
    Person alice(1);
    Person bob(2);
    const auto offer = bob.publish("bicycle");
    settle({&alice, &bob});
    const auto has_key = [&] {
        REQUIRE(alice.send(mailbox_address(bob.market->mailboxes().at(0).key), "x"));
        alice.do_work();
        bob.hear(alice.submitted.back());
        REQUIRE(bob.tries.size() == 1);
        const TryOpen attempt = std::exchange(bob.tries, {}).at(0);
        return std::ranges::any_of(*attempt.keys,
                                   [&](const auto& key) { return key.mailbox == *offer->mailbox; });
    };
    bob.now = offer->expires + base::limits::lifetime_max + base::limits::grace;
    bob.now -= base::Seconds(1);
    bob.tick();  // a mailbox of the main persona is made as well
    CHECK(has_key());
    bob.now += base::Seconds(1);
    bob.tick();
    CHECK_FALSE(has_key());
}

TEST_CASE("the words alone bring mail back that is still alive, and an answer then links nothing") {
    Person alice(1);
    Person bob(2);
    const auto offer = bob.publish("bicycle");
    settle({&alice, &bob});
    const auto mail = alice.send(base::to_hex(offer->thing), "hello");
    alice.do_work();
    const item::ReadPtr item = alice.submitted.at(0);

    Person lost(3);  // a new machine
    base::Rng rng = seeded(8);
    auto vault = Vault::recover(bob.words, rng, noon + 3 * day);
    REQUIRE(vault);
    REQUIRE(vault->protect(base::as_bytes(lost.passphrase), cheap, rng));
    lost.vault_file = vault->seal(rng);
    for (auto& [key, value] : std::map(lost.store.rows())) lost.store.erase(key.first, key.second);
    lost.store.commit();
    lost.now = noon + 3 * day;
    lost.start();
    CHECK(lost.market->personas(lost.store).at(0).key == bob.market->personas(bob.store).at(0).key);
    lost.hear(item);
    lost.do_tries();
    REQUIRE(lost.inbox().size() == 1);
    CHECK(lost.inbox()[0].letter.id == mail->letter.id);
    const auto answer = lost.send(base::to_hex(mail->letter.id), "I lost my keys");
    REQUIRE(answer);
    for (const PersonaView& known : bob.market->personas(bob.store))
        CHECK(answer->letter.sender != known.key);
    const auto new_offer = lost.publish("another");
    REQUIRE(new_offer);
    CHECK(new_offer->publisher != offer->publisher);
    CHECK(new_offer->mailbox != offer->mailbox);
}

}  // namespace hearsay::market
