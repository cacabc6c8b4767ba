// A backup brings everything back, and nothing but a whole and sound one does.
#include "market/identity/backup.hpp"

#include <doctest/doctest.h>

#include "backups.hpp"
#include "base/encoding.hpp"
#include "base/limits/trades.hpp"
#include "market/address.hpp"
#include "market/records.hpp"

namespace hearsay::market {
namespace {

constexpr Crash every_crash[] = {Crash::before_vault, Crash::before_commit, Crash::before_speaking,
                                 Crash::never};
struct Fixture {
    Person alice{1, early};
    Person bob{2, early};
    base::Result<OfferView> offer = bob.publish("bicycle");
    MessageId old_mail{};

    Fixture() {
        settle({&alice, &bob});
        old_mail = alice.send(base::to_hex(offer->thing), "hello")->letter.id;
        settle({&alice, &bob});
        REQUIRE(bob.turn([&](const Turn& turn) {
            return bob.market->new_persona("shop", {early, bob.store, bob.flood, turn.out});
        }));
    }
    // What floods at alice's comes to the new machine.
    void flood(Person& to) {
        for (const auto kind : {item::kind_offer, item::kind_mail})
            alice.flood.of_kind_since(kind, 0, [&](core::Position, const item::ReadPtr& item) {
                to.hear(item);
                return true;
            });
        to.do_recovery();
        to.do_tries();
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "a restored node has mail, offers, personas and keys of the backup") {
    REQUIRE(bob.market->read_mail(base::to_hex(old_mail.view()), bob.aside()));
    const base::Bytes file = backup_of(bob);
    Person again(3, early);
    again.now = early + hour;
    REQUIRE(restore(again, file));
    again.start();
    REQUIRE(again.inbox().size() == 1);
    CHECK(again.inbox()[0].letter.id == old_mail);
    CHECK(again.inbox()[0].state == MailState::read);
    CHECK(again.market->own_offers(again.store).at(0).thing == offer->thing);
    CHECK(again.market->persona("shop", again.store)->key ==
          bob.market->persona("shop", bob.store)->key);
    for (const auto& [key, mailbox] : bob.market->vault().mailboxes())
        CHECK(again.market->vault().mailboxes().contains(key));
    // The file is sealed with this node's passphrase, not with the other's or the backup's.
    CHECK(Vault::open(again.vault_file, base::as_bytes(again.passphrase)));
}

TEST_CASE_FIXTURE(
    Fixture, "mail that is in the restored inbox is not doubled, and what came since is found") {
    const base::Bytes file = backup_of(bob);
    bob.now = alice.now = early + 3 * day;
    bob.tick();
    const auto later = bob.publish("tent");  // unknown to the backup: persona, mailbox and all
    REQUIRE(bob.turn([&](const Turn& turn) {
        return bob.market->update_offer(offer->thing, {"bicycle, cheaper", "", "", "", {}}, 0 * day,
                                        turn);
    }));
    settle({&alice, &bob});
    const auto mail = alice.send(base::to_hex(later->thing), "for the tent");
    settle({&alice, &bob});

    Person again(3, early);
    again.now = early + 4 * day;
    REQUIRE(restore(again, file));
    flood(again);
    std::vector<std::string> titles;
    for (const OfferView& own : again.market->own_offers(again.store))
        titles.push_back(own.text.title);
    std::ranges::sort(titles);
    CHECK(titles == std::vector<std::string>{"bicycle, cheaper", "tent"});
    const auto inbox = again.inbox();
    REQUIRE(inbox.size() == 2);
    CHECK(inbox[0].letter.id != inbox[1].letter.id);
    CHECK((inbox[0].letter.id == mail->letter.id || inbox[1].letter.id == mail->letter.id));
}

TEST_CASE_FIXTURE(Fixture, "a backup of an earlier version is refused, with what to do") {
    base::Bytes file = backup_of(bob);
    for (const auto version : std::initializer_list<std::uint8_t>{1, 2, 4}) {
        file[11] = version;
        const auto read = read_back(file);
        REQUIRE_FALSE(read);
        const std::string& text = read.error().text;
        CHECK(text.find("this program reads version 3") != std::string::npos);
        CHECK((text.find("twelve words") != std::string::npos) == (version < 3));
    }
}

TEST_CASE_FIXTURE(Fixture,
                  "an offer that was removed since the backup is removed on the restored node") {
    const base::Bytes file = backup_of(bob);
    REQUIRE(bob.turn([&](const Turn& turn) {
        return bob.market->remove_offer(offer->thing, {early, bob.store, bob.flood, turn.out});
    }));
    settle({&alice, &bob});
    Person again(3, early);
    REQUIRE(restore(again, file));
    flood(again);
    CHECK(again.market->own_offers(again.store).at(0).state == PublicationState::removed);
}

TEST_CASE_FIXTURE(
    Fixture, "a restored node gives no persona and no mailbox that was given since the backup") {
    const base::Bytes file = backup_of(bob);
    std::vector<OfferView> since;
    for (int i = 0; i < 10; ++i) {
        since.push_back(*bob.publish("same day"));
        bob.now += base::Seconds(60);
    }
    Person again(3, early);
    again.now = bob.now;
    REQUIRE(restore(again, file));
    for (int i = 0; i < 10; ++i) {
        const auto fresh = again.publish("new");
        REQUIRE(fresh);
        for (const OfferView& old : since) {
            CHECK(fresh->publisher != old.publisher);
            CHECK(fresh->mailbox != old.mailbox);
        }
    }
    for (const OfferView& old : since)
        CHECK(again.market->vault().mailboxes().contains(*old.mailbox));
}

TEST_CASE(
    "a crash at any point of a restore leaves an empty node that can be restored again, or the "
    "restored "
    "one") {
    for (Crash crash : every_crash) {
        CAPTURE(static_cast<int>(crash));
        Fixture f;
        const base::Bytes file = backup_of(f.bob);
        Person again(3, early);
        again.next_crash = crash;
        REQUIRE(restore(again, file));
        again.start();
        const bool durable = crash == Crash::before_speaking || crash == Crash::never;
        CHECK(again.inbox().size() == (durable ? 1 : 0));
        if (!durable) REQUIRE(restore(again, file));
        again.start();
        CHECK(again.inbox().size() == 1);
        CHECK(
            again.market->read_mail(base::to_hex(f.old_mail.view()), again.aside())->letter.text ==
            "hello");
    }
}

TEST_CASE_FIXTURE(Fixture, "a node that has something is not restored into") {
    const base::Bytes file = backup_of(bob);
    const auto refused = restore(alice, file);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == base::ErrorCode::refused);
    CHECK(alice.market->list_mail(alice.store).size() == 1);
}

TEST_CASE_FIXTURE(Fixture, "no byte of a backup is changed, lost, moved or added unnoticed") {
    std::string text(30000, 'x');
    for (int i = 0; i < 8; ++i) {  // several chunks
        REQUIRE(alice.send(base::to_hex(offer->thing), text));
        settle({&alice, &bob});
    }
    const base::Bytes file = backup_of(bob);
    REQUIRE(read_back(file));
    REQUIRE(file.size() > 3 * 65556);
    constexpr std::size_t head = 44;
    constexpr std::size_t chunk = 4 + 65536 + 16;
    const auto code = [&](const base::Bytes& changed) {
        const auto result = read_back(changed);
        return result ? std::string("read") : std::string(base::name(result.error().code));
    };
    for (std::size_t at = 0; at < file.size(); at += at < 200 ? 1 : 997) {
        // scrypt's r and p: refused or dear, never another content
        if (at >= 20 && at < 28) continue;
        if (at >= 12 && at < 18) continue;  // and n
        base::Bytes changed = file;
        changed[at] ^= 0x10;
        CAPTURE(at);
        CHECK(code(changed) != "read");
    }
    for (std::size_t size :
         {file.size() - 1, head + 3 * chunk, head + chunk, head + chunk + 2, head, head - 1, 0UL})
        CHECK(code(base::Bytes(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size))) ==
              "corrupt");
    base::Bytes longer = file;
    longer.push_back(0);
    CHECK(code(longer) == "corrupt");
    base::Bytes swapped = file;
    std::swap_ranges(swapped.begin() + head, swapped.begin() + head + chunk,
                     swapped.begin() + head + chunk);
    CHECK(code(swapped) == "denied");
    swapped = file;
    std::swap_ranges(swapped.begin() + head + chunk, swapped.begin() + head + 2 * chunk,
                     swapped.begin() + head + 2 * chunk);
    CHECK(code(swapped) == "corrupt");
    CHECK(read_back(file, base::to_bytes("battery stable")).error().code ==
          base::ErrorCode::denied);
    CHECK(read_back(base::to_bytes("something else that is longer than a head has bytes"))
              .error()
              .text == "this is not a backup of Hearsay");
}

TEST_CASE_FIXTURE(
    Fixture,
    "the largest trade that there can be is backed up and read back, anything larger is not") {
    namespace limits = base::limits;
    base::Rng rng = seeded(78);
    records::Trade trade;
    const base::Bytes message(limits::trade_message_bytes_max + 100, 'x');
    for (std::size_t bytes = 0; bytes < limits::trade_bytes_max;
         bytes += limits::trade_message_bytes_max)
        trade.add_steps(base::to_text(message));
    for (std::size_t i = 0; i < limits::trade_forks_max; ++i)
        trade.add_forks(base::to_text(message));
    const auto keep = [&] {
        ChangeRecords(bob.market->vault(), bob.store, rng)
            .save(Table::trades, base::to_bytes("a trade's id"), trade);
    };
    keep();
    const base::Bytes file = backup_of(bob);
    const auto backup = read_back(file);
    REQUIRE(backup);
    CHECK(std::ranges::any_of(backup->rows, [](const BackupRow& row) {
        return row.table == Table::trades && row.value.size() > limits::trade_bytes_max;
    }));
    while (trade.ByteSizeLong() < 8 * 1024 * 1024) trade.add_steps(base::to_text(message));
    keep();
    const auto refused =
        write_backup(backup_secret, cheap, rng, bob.now, bob.market->vault().content(), bob.store,
                     [](base::ByteView) -> base::Result<void> { return {}; });
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == base::ErrorCode::exhausted);
}

TEST_CASE_FIXTURE(Fixture,
                  "a source that fails ends the reading with its error, wherever it does") {
    const base::Bytes file = backup_of(bob);
    for (std::size_t reads_well = 0;; ++reads_well) {
        REQUIRE(reads_well < 1000);
        std::size_t at = 0, calls = 0;
        const auto read =
            read_backup(backup_secret, [&](std::size_t size) -> base::Result<base::Bytes> {
                if (calls++ == reads_well)
                    return base::fail(base::ErrorCode::io, "the stick was pulled out");
                const std::size_t end = std::min(file.size(), at + size);
                base::Bytes out(file.begin() + static_cast<std::ptrdiff_t>(at),
                                file.begin() + static_cast<std::ptrdiff_t>(end));
                at = end;
                return out;
            });
        if (read) break;
        CHECK(read.error().text == "the stick was pulled out");
    }
}

TEST_CASE_FIXTURE(Fixture, "a sink that fails ends the backup with its error") {
    base::Rng rng = seeded(77);
    int calls = 0;
    const auto failed =
        write_backup(backup_secret, cheap, rng, early, bob.market->vault().content(), bob.store,
                     [&](base::ByteView) -> base::Result<void> {
                         if (++calls < 2) return {};
                         return base::fail(base::ErrorCode::exhausted, "disk full");
                     });
    REQUIRE_FALSE(failed);
    CHECK(failed.error().text == "disk full");
}

}  // namespace hearsay::market
