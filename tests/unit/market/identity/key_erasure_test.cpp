// What was erased does not open again, at no crash is a row lost, and a turn's work is bounded.
#include "market/identity/key_erasure.hpp"

#include <doctest/doctest.h>

#include "base/encoding.hpp"
#include "base/limits/items.hpp"
#include "fakes.hpp"
#include "market/address.hpp"
#include "market/mail/postage.hpp"
#include "market/records.hpp"

namespace hearsay::market {
namespace {

constexpr Crash every_crash[] = {Crash::before_vault, Crash::before_commit, Crash::before_speaking,
                                 Crash::never};

base::Bytes row_of(const Person& person, const MessageId& id) {
    const Vault& vault = const_cast<Person&>(person).market->vault();
    const base::Bytes key = base::to_bytes(vault.blind(place_of(Table::inbox, id.view())).view());
    return person.store.get(Table::inbox, key).value_or(base::Bytes{});
}

// As whoever has the vault file and its passphrase.
bool opens(const Person& person, const MessageId& id, const base::Bytes& row) {
    const auto vault = Vault::open(person.vault_file, base::as_bytes(person.passphrase));
    REQUIRE(vault);
    const base::Bytes key = base::to_bytes(vault->blind(place_of(Table::inbox, id.view())).view());
    return vault->open_erasable(place_of(Table::inbox, key), row).has_value();
}

struct Fixture {
    Person alice{1};
    Person bob{2, item::Network::sim, MarketSettings{false, base::Seconds(0), base::Seconds(0)}};

    MessageId mail(const std::string& text) {
        const auto sent = alice.send(mailbox_address(bob.market->mailboxes().at(0).key), text);
        REQUIRE(sent);
        settle({&alice, &bob});
        REQUIRE(bob.market->read_mail(base::to_hex(sent->letter.id.view()), bob.aside()));
        return sent->letter.id;
    }
    void remove(const MessageId& id) {
        REQUIRE(bob.turn([&](const Turn& turn) {
            return bob.market->remove_mail(base::to_hex(id.view()), turn);
        }));
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture,
                  "a row of any size that nobody sealed does not open, and harms nothing") {
    const MessageId id = mail("hello");
    const base::Bytes row = row_of(bob, id);
    CHECK(opens(bob, id, row));
    for (std::size_t size = 0; size < row.size(); ++size)
        CHECK_FALSE(opens(bob, id, base::to_bytes(base::ByteView(row).first(size))));
}

TEST_CASE_FIXTURE(Fixture,
                  "a removed mail's row opens until the schedule has passed, and never again") {
    const MessageId gone = mail("secret");
    const MessageId kept = mail("hello");
    const base::Bytes row = row_of(bob, gone);
    remove(gone);
    CHECK(opens(bob, gone, row));
    bob.forget();
    CHECK_FALSE(opens(bob, gone, row));
    // The other one of that day is readable, after a new start as well.
    CHECK(opens(bob, kept, row_of(bob, kept)));
    bob.start();
    REQUIRE(bob.inbox().size() == 1);
    CHECK(bob.market->read_mail(base::to_hex(kept.view()), bob.aside())->letter.text == "hello");
}

TEST_CASE_FIXTURE(
    Fixture,
    "a day whose mail is all removed has no key any more, and a day without mail never had one") {
    CHECK(Vault::open(bob.vault_file, base::as_bytes(bob.passphrase))->condemned().empty());
    const std::size_t before = bob.market->vault().content().size();
    const MessageId id = mail("secret");
    CHECK(bob.market->vault().content().size() > before);
    remove(id);
    CHECK(bob.market->vault().condemned().size() == 1);
    bob.forget();
    CHECK(bob.market->vault().condemned().empty());
    // Day 0 has no key: a row that says so does not open, and sealing one makes a first generation.
    base::Rng rng = seeded(9);
    const base::Bytes sealed =
        bob.market->vault().seal_erasable({}, {}, bob.market->vault().day(), rng);
    CHECK(bob.market->vault().erasure_key_of({}, sealed) ==
          ErasureKeyId{bob.market->vault().day(), 1});
}

TEST_CASE_FIXTURE(Fixture, "a row keeps the day on which it was first saved") {
    const MessageId id = mail("hello");
    const auto sent = alice.send(mailbox_address(bob.market->mailboxes().at(0).key), "later");
    REQUIRE(sent);
    const std::uint32_t day_before = bob.market->vault().day();
    bob.now += 2 * day;
    bob.tick();
    CHECK(bob.market->vault().day() == day_before + 2);
    const base::Bytes key =
        base::to_bytes(bob.market->vault().blind(place_of(Table::inbox, id.view())).view());
    CHECK(bob.market->vault().erasure_key_of(place_of(Table::inbox, key), row_of(bob, id))->day ==
          day_before);
    bob.event(
        [&](const Turn& turn) { REQUIRE(bob.market->read_mail(base::to_hex(id.view()), turn)); });
    CHECK(bob.market->vault().erasure_key_of(place_of(Table::inbox, key), row_of(bob, id))->day ==
          day_before);
}

TEST_CASE(
    "no crash at any turn of the schedule loses a mail or keeps one readable that was removed") {
    // Turns: 0 the removal, 1 a tick and the walk, which is short, 2 a tick that drops the keys; a
    // crash in each at each point.
    for (int turn = 0; turn < 3; ++turn) {
        for (Crash crash : every_crash) {
            CAPTURE(turn);
            CAPTURE(static_cast<int>(crash));
            Fixture f;
            const MessageId gone = f.mail("secret");
            const MessageId kept = f.mail("hello");
            const base::Bytes row = row_of(f.bob, gone);
            const auto crash_at = [&](int at) {
                if (at == turn) f.bob.next_crash = crash;
            };
            const auto restart_at = [&](int at) {
                if (at == turn) f.bob.start();
            };
            crash_at(0);
            f.remove(gone);
            restart_at(0);
            if (f.bob.inbox().size() == 2) f.remove(gone);  // it was not kept
            crash_at(1);
            f.bob.tick();
            restart_at(1);
            f.bob.now += base::Seconds(60);
            crash_at(2);
            f.bob.tick();
            restart_at(2);
            f.bob.forget();
            f.bob.start();
            CHECK_FALSE(opens(f.bob, gone, row));
            REQUIRE(f.bob.inbox().size() == 1);
            CHECK(f.bob.market->read_mail(base::to_hex(kept.view()), f.bob.aside())->letter.text ==
                  "hello");
        }
    }
}

TEST_CASE_FIXTURE(
    Fixture, "a walk whose commit failed begins anew, and drops no key that a row still needs") {
    const MessageId gone = mail("secret");
    const MessageId kept = mail("hello");
    remove(gone);
    bob.disk_full = true;
    bob.tick();
    bob.disk_full = false;
    bob.now += base::Seconds(60);
    bob.tick();
    CHECK(bob.market->vault().condemned().size() == 1);
    bob.forget();
    CHECK(bob.market->vault().condemned().empty());
    bob.start();
    CHECK(bob.market->read_mail(base::to_hex(kept.view()), bob.aside())->letter.text == "hello");
}

TEST_CASE("a walk whose rows were lost drops no key, even if nobody tells it") {
    base::Rng rng = seeded(1);
    Vault vault = Vault::create(rng, noon).vault;
    MemoryOwnStore store;
    ChangeRecords records(vault, store, rng);
    for (std::uint32_t i = 0; i < 2; ++i)
        records.save(Table::inbox, base::big_endian(i), records::ReceivedMail());
    records.erase(Table::inbox, base::big_endian(std::uint32_t{0}));
    store.commit();
    KeyErasure erasure;
    erasure.begin(vault, rng);
    erasure.step(vault, store, rng, noon);
    store.roll_back();
    CHECK_FALSE(erasure.finish(vault, store, noon + hour));
    CHECK(vault.condemned().size() == 1);
    erasure.begin(vault, rng);
    erasure.step(vault, store, rng, noon + hour);
    store.commit();
    CHECK(erasure.finish(vault, store, noon + 2 * hour));
    CHECK(vault.condemned().empty());
    CHECK(Records(vault, store)
              .load<records::ReceivedMail>(Table::inbox, base::big_endian(std::uint32_t{1})));
}

TEST_CASE_FIXTURE(Fixture, "the walk and the dropping do not happen in one turn") {
    const MessageId gone = mail("secret");
    remove(gone);
    bob.event([&](const Turn& turn) {
        bob.market->on_tick(turn);
        bob.market->erase_keys(turn);
        bob.market->on_tick(turn);
    });
    CHECK(bob.market->vault().condemned().size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "what is removed while a walk is on is forgotten by the next one") {
    const MessageId one = mail("one");
    const MessageId two = mail("two");
    const MessageId kept = mail("hello");
    remove(one);
    bob.tick();
    bob.do_key_erasure();
    const base::Bytes row = row_of(bob, two);  // sealed anew, under the next generation
    remove(two);
    bob.now += base::Seconds(60);
    bob.tick();
    CHECK(opens(bob, two, row));
    bob.forget();
    CHECK_FALSE(opens(bob, two, row));
    bob.start();
    CHECK(bob.market->read_mail(base::to_hex(kept.view()), bob.aside())->letter.text == "hello");
}

TEST_CASE("one turn of the walk looks at a bounded number of rows, however many there are") {
    base::Rng rng = seeded(1);
    Vault vault = Vault::create(rng, noon).vault;
    MemoryOwnStore store;
    ChangeRecords records(vault, store, rng);
    records::ReceivedMail record;
    const std::uint32_t count = 3 * KeyErasure::rows_max / 2;
    for (std::uint32_t i = 0; i < count; ++i)
        records.save(Table::inbox, base::big_endian(i), record);
    records.erase(Table::inbox, base::big_endian(std::uint32_t{0}));
    KeyErasure erasure;
    erasure.begin(vault, rng);
    int turns = 0;
    for (; erasure.wants_more() && turns < 10; ++turns) {
        store.puts = 0;
        erasure.step(vault, store, rng, noon);
        CHECK(store.puts <= KeyErasure::rows_max + 1);
    }
    CHECK(turns == 2);
    CHECK(erasure.finish(vault, store, noon + hour));
    CHECK(Records(vault, store)
              .load<records::ReceivedMail>(Table::inbox, base::big_endian(count - 1)));
}

TEST_CASE_FIXTURE(Fixture,
                  "a removed mail does not return in another item, until it cannot any more") {
    const MessageId id = mail("secret");
    const item::ReadPtr item = bob.flood.get(bob.market->list_mail(bob.store).at(0).item);
    REQUIRE(item);
    Letter letter = bob.market->read_mail(base::to_hex(id.view()), bob.aside())->letter;
    const base::MailboxId mailbox = bob.market->list_mail(bob.store).at(0).mailbox;
    remove(id);
    CHECK(bob.inbox().empty());
    CHECK(bob.market->counts().unread == 0);
    auto copy = std::make_shared<item::Read>(*item);
    copy->id.data[0] ^= 1;  // the same letter in another item
    bob.start();
    bob.event([&](const Turn& turn) { bob.market->on_opened(copy, mailbox, letter, turn); });
    CHECK(bob.inbox().empty());
    bob.now = item->header.expires + base::limits::lifetime_max + base::limits::grace;
    bob.tick();
    CHECK(bob.store.count(Table::seen_mail) == 0);
}

TEST_CASE_FIXTURE(Fixture, "a sent mail is removed from the outbox, and its work with it") {
    const auto sent = alice.send(mailbox_address(bob.market->mailboxes().at(0).key), "hello");
    REQUIRE(sent);
    REQUIRE(alice.turn([&](const Turn& turn) {
        return alice.market->remove_mail(base::to_hex(sent->letter.id.view()), turn);
    }));
    CHECK(alice.cancelled ==
          std::vector<base::ItemId>{stamp_id(sent->mailbox, sent->letter.id, sent->letter.sender)});
    CHECK(alice.market->list_mail(alice.store).empty());
    alice.start();
    CHECK(alice.work.empty());
    CHECK_FALSE(alice.turn([&](const Turn& turn) {
        return alice.market->remove_mail(base::to_hex(sent->letter.id.view()), turn);
    }));
}

}  // namespace hearsay::market
