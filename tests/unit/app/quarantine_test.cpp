// app/node/quarantine.hpp and reading_notes.hpp on a real disk: what a process that dies leaves,
// and what the next makes of it. A death is a ReadingNotes that is never told of an end.
#include "app/node/quarantine.hpp"

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "../api/fixture.hpp"
#include "../market/fakes.hpp"
#include "app/node/mail_reading.hpp"
#include "base/encoding.hpp"
#include "crypto/ed25519.hpp"
#include "market/records.hpp"

namespace hearsay::app {
namespace {

using namespace hearsay::market;

class LogLines final : public base::Log {
public:
    void write(base::LogLevel, std::string_view, std::string_view text) override {
        lines.emplace_back(text);
    }
    bool has(std::string_view part) const {
        return std::ranges::any_of(
            lines, [&](const std::string& line) { return line.find(part) != line.npos; });
    }
    std::vector<std::string> lines;
};

// A process: its quarantine, and what it held when it died.
struct Life {
    explicit Life(const std::filesystem::path& dir) : quarantine(item::Network::sim) {
        quarantine.open(dir.string(), log);
    }
    LogLines log;
    Quarantine quarantine;
    std::vector<ReadingNotes::Note> notes;
};

item::ReadPtr some_mail(base::Rng& rng) {
    const base::Secret sender = rng.secret();
    Letter letter;
    rng.fill(letter.id);
    letter.sender = base::PublisherKey{crypto::ed25519_public_key(sender).data};
    letter.written = noon;
    letter.removal_secret = rng.secret();
    letter.text = "hello";
    auto sealed = seal_letter(letter, sender, crypto::XWingKey(rng.secret()).public_key(),
                              item::Network::sim, noon, base::Seconds(86400), rng);
    REQUIRE(sealed);
    auto read = item::read(*std::move(sealed), item::Network::sim);
    REQUIRE(read);
    return *read;
}

struct Fixture {
    const api::TempDir home;
    const std::filesystem::path dir = home.path();
    base::Rng rng = seeded(4);
    Vault vault = Vault::create(rng, noon).vault;
    std::unique_ptr<store::Own> own = *store::Own::open((dir / "own").string());
    MemoryCatalogue flood;
    std::vector<std::unique_ptr<Life>> dead;  // kept until the test ends: the dead erase no notes

    std::unique_ptr<Life> start() {
        auto out = std::make_unique<Life>(dir);
        out->quarantine.begin(vault, *own, flood, rng, noon, out->log);
        return out;
    }
    void die_reading(std::unique_ptr<Life> life, const std::vector<Readable>& all,
                     bool alone = false) {
        for (const Readable& what : all)
            life->notes.push_back(life->quarantine.notes().note(what, alone));
        dead.push_back(std::move(life));
    }
    // Of a turn that is committed.
    template <class Do>
    auto turn(Do act) {
        auto txn = own->begin();
        REQUIRE(txn);
        auto out = act(static_cast<OwnStore&>(**txn));
        REQUIRE((*txn)->commit());
        return out;
    }
    item::ReadPtr mail() {
        const item::ReadPtr out = some_mail(rng);
        flood.store(out);
        return out;
    }
    // A mail that is set aside, after two lives.
    item::ReadPtr poisoned() {
        const item::ReadPtr bad = mail();
        die_reading(start(), {bad->id});
        die_reading(start(), {bad->id}, true);
        return bad;
    }
    // A row in the clear stands for a sealed one: nothing here opens it.
    KeptRow row(Table table, std::uint8_t number) {
        const KeptRow out{table, base::Bytes(32, number)};
        turn([&](OwnStore& store) {
            store.put(table, out.key, base::to_bytes("value"));
            return 0;
        });
        return out;
    }
    std::vector<KeptRow> rows_seen(Quarantine& quarantine, Table table) {
        return turn([&](OwnStore& store) {
            const Quarantine::Guarded guarded(store, quarantine);
            std::vector<KeptRow> out;
            guarded.scan(table, {}, [&](base::ByteView key, base::ByteView) {
                out.push_back({table, base::to_bytes(key)});
                return true;
            });
            return out;
        });
    }
};

TEST_CASE_FIXTURE(Fixture, "a run that ends between two readings leaves no suspects") {
    auto life = start();
    {
        const auto note = life->quarantine.notes().note(mail()->id, false);
    }
    dead.push_back(std::move(life));
    const auto next = start();
    CHECK(next->quarantine.notes().suspects().empty());
    CHECK(next->quarantine.all().empty());
    CHECK(next->quarantine.summary().empty());
    CHECK(next->log.lines.empty());
}

TEST_CASE_FIXTURE(
    Fixture,
    "a mail that ends the node by itself after it did among others is set aside, alone of them") {
    const item::ReadPtr bad = mail(), good = mail();
    die_reading(start(), {good->id, bad->id});
    auto second = start();
    CHECK(second->quarantine.all().empty());
    CHECK(second->quarantine.is_suspect(good->id));
    CHECK(second->quarantine.is_suspect(bad->id));
    CHECK(second->log.has("2 suspects will be read one by one"));
    second->quarantine.acquit(good->id);
    die_reading(std::move(second), {bad->id}, true);
    const auto third = start();
    REQUIRE(third->quarantine.all().size() == 1);
    CHECK(third->quarantine.holds(bad->id));
    CHECK_FALSE(third->quarantine.holds(good->id));
    CHECK(third->quarantine.notes().suspects().empty());
    CHECK(third->log.has(
        "1 letter was set aside because reading it failed: hearsay mail quarantine"));
}

TEST_CASE_FIXTURE(
    Fixture,
    "what was set aside stays so over starts, with the mail, though the network forgot it") {
    const item::ReadPtr bad = poisoned();
    start();
    flood.wipe();
    const auto later = start();
    REQUIRE(later->quarantine.all().size() == 1);
    const SetAside& entry = later->quarantine.all()[0];
    CHECK(entry.id() == base::to_hex(bad->id));
    CHECK(entry.kind() == "letter");
    CHECK(entry.times == 1);
    CHECK(entry.at == noon);
    REQUIRE(entry.mail);
    CHECK(entry.mail->id == bad->id);
    CHECK(later->log.lines.empty());  // it was said when it happened
}

TEST_CASE_FIXTURE(Fixture, "a suspect that the network does not hold any more is forgotten") {
    const item::ReadPtr gone = mail();
    die_reading(start(), {gone->id});
    flood.wipe();
    CHECK_FALSE(start()->quarantine.is_suspect(gone->id));
}

TEST_CASE_FIXTURE(Fixture, "a mail that is read again is a suspect, and free once it was read") {
    const item::ReadPtr bad = poisoned();
    const auto life = start();
    Quarantine& quarantine = life->quarantine;
    const auto retried = turn([&](OwnStore& store) {
        return quarantine.retry(base::to_hex(bad->id).substr(0, 8), vault, store, flood, rng);
    });
    REQUIRE(retried);
    CHECK(retried->mail->id == bad->id);
    CHECK(quarantine.is_suspect(bad->id));
    CHECK_FALSE(quarantine.holds(bad->id));
    turn([&](OwnStore& store) {
        quarantine.release(bad->id, vault, store, rng);
        return 0;
    });
    quarantine.acquit(bad->id);
    CHECK(start()->quarantine.all().empty());
}

TEST_CASE_FIXTURE(
    Fixture, "a mail that ends the node when it is read again is set aside at the next start") {
    const item::ReadPtr bad = poisoned();
    auto life = start();
    REQUIRE(turn([&](OwnStore& store) {
        return life->quarantine.retry(base::to_hex(bad->id), vault, store, flood, rng);
    }));
    die_reading(std::move(life), {bad->id}, true);
    const auto next = start();
    REQUIRE(next->quarantine.all().size() == 1);
    CHECK(next->quarantine.holds(bad->id));
    CHECK(next->quarantine.all()[0].times == 2);
}

TEST_CASE_FIXTURE(Fixture, "what is set aside stays so while a suspect is read by itself") {
    const item::ReadPtr bad = poisoned();
    const item::ReadPtr odd = mail();
    die_reading(start(), {odd->id});
    const auto life = start();
    Quarantine& quarantine = life->quarantine;
    REQUIRE(quarantine.holds(bad->id));
    REQUIRE(quarantine.is_suspect(odd->id));
    net::Loop loop;
    Workers workers(loop, 1);
    std::vector<turn::MailTried> answers;
    MailReading reading(workers, quarantine,
                        [&](turn::MailTried tried) { answers.push_back(std::move(tried)); });
    const auto keys = std::make_shared<std::vector<OwnKey>>();
    reading.try_open({odd, keys});  // on a worker, whose answer comes in the loop's next turn
    reading.try_open({bad, keys});  // answered at once
    REQUIRE(answers.size() == 1);
    REQUIRE(answers[0].mail->id == bad->id);
    turn([&](OwnStore& store) {
        reading.taking(answers[0]);
        reading.taken(answers[0], vault, store, rng);
        return 0;
    });
    reading.decided();
    reading.ended();
    CHECK(quarantine.holds(bad->id));
    CHECK(quarantine.is_suspect(odd->id));
}

TEST_CASE_FIXTURE(Fixture, "what is removed is gone, and unknown or short ids are said") {
    const item::ReadPtr bad = poisoned();
    const auto life = start();
    Quarantine& quarantine = life->quarantine;
    const auto remove = [&](const std::string& id) {
        return turn([&](OwnStore& store) { return quarantine.remove(id, vault, store, rng); });
    };
    CHECK(remove("abc").error().code == base::ErrorCode::invalid);
    CHECK(remove(std::string(64, '0')).error().code == base::ErrorCode::not_found);
    REQUIRE(remove(base::to_hex(bad->id).substr(0, 12)));
    CHECK(quarantine.all().empty());
    CHECK(start()->quarantine.all().empty());
}

TEST_CASE_FIXTURE(
    Fixture,
    "a record that the market was reading at two ends is hidden from it, and the others are not") {
    const KeptRow bad = row(Table::inbox, 1), good = row(Table::inbox, 2);
    for (int i = 0; i < 2; ++i) {
        auto life = start();
        turn([&](OwnStore& store) {
            Quarantine::Guarded guarded(store, life->quarantine);
            CHECK(guarded.get(bad.table, good.key));
            CHECK(guarded.get(bad.table, bad.key));
            // It dies here: what guarded noted last is not erased.
            life->notes.push_back(life->quarantine.notes().note(bad, false));
            return 0;
        });
        dead.push_back(std::move(life));
    }
    const auto life = start();
    CHECK(life->log.has("1 letter was set aside"));
    CHECK(rows_seen(life->quarantine, Table::inbox) == std::vector{good});
    turn([&](OwnStore& store) {
        Quarantine::Guarded guarded(store, life->quarantine);
        CHECK_FALSE(guarded.get(bad.table, bad.key));
        guarded.put(bad.table, bad.key, base::to_bytes("other"));
        CHECK(store.get(bad.table, bad.key) == base::to_bytes("value"));
        return 0;
    });
    REQUIRE(turn([&](OwnStore& store) {
        return life->quarantine.retry(base::to_hex(bad.key), vault, store, flood, rng);
    }));
    CHECK(rows_seen(life->quarantine, Table::inbox).size() == 2);
    CHECK(life->quarantine.is_suspect(bad));
}

TEST_CASE_FIXTURE(Fixture, "a record that is removed leaves the store") {
    const KeptRow bad = row(Table::trades, 1);
    for (int i = 0; i < 2; ++i) die_reading(start(), {bad});
    const auto life = start();
    CHECK(life->quarantine.summary() ==
          "1 trade was set aside because reading it failed: hearsay mail quarantine");
    REQUIRE(turn([&](OwnStore& store) {
        return life->quarantine.remove(base::to_hex(bad.key), vault, store, rng);
    }));
    CHECK_FALSE(turn([&](OwnStore& store) { return store.get(bad.table, bad.key); }));
}

TEST_CASE_FIXTURE(
    Fixture, "a record is suspected until a run ends in good order, and a mail until it was read") {
    const KeptRow odd = row(Table::trades, 1);
    const item::ReadPtr letter = mail();
    die_reading(start(), {odd});
    die_reading(start(), {letter->id});
    const auto life = start();
    turn([&](OwnStore& store) {
        Quarantine::Guarded guarded(store, life->quarantine);
        guarded.get(odd.table, odd.key);
        guarded.done();
        return 0;
    });
    CHECK(life->quarantine.is_suspect(odd));
    life->quarantine.on_good_end();
    const auto next = start();
    CHECK_FALSE(next->quarantine.is_suspect(odd));
    CHECK(next->quarantine.is_suspect(letter->id));
}

TEST_CASE_FIXTURE(Fixture, "what only the person writes is read without a note") {
    const KeptRow own_offer = row(Table::publications, 1);
    auto life = start();
    CHECK(rows_seen(life->quarantine, Table::publications) == std::vector{own_offer});
    turn([&](OwnStore& store) {
        const Quarantine::Guarded guarded(store, life->quarantine);
        CHECK(guarded.get(own_offer.table, own_offer.key));
        CHECK(start()->quarantine.notes().suspects().empty());
        return 0;
    });
}

TEST_CASE_FIXTURE(Fixture, "the list is full at some length, and the oldest goes") {
    std::vector<base::ItemId> ids;
    for (std::size_t i = 0; i < base::limits::set_aside_max + 1; ++i) {
        ids.push_back(poisoned()->id);
        start();  // this one decides
        dead.clear();
    }
    const auto life = start();
    CHECK(life->quarantine.all().size() == base::limits::set_aside_max);
    CHECK_FALSE(life->quarantine.holds(ids.front()));
    CHECK(life->quarantine.holds(ids.back()));
}

TEST_CASE_FIXTURE(Fixture,
                  "a file of notes that is no file is said, and the node goes on without") {
    std::filesystem::remove(dir / "reading");
    REQUIRE(::mkfifo((dir / "reading").c_str(), 0600) == 0);
    const auto fifo = start();  // and does not wait for a writer
    CHECK(fifo->log.has("a letter that ends the node will not be known"));
    CHECK_FALSE(fifo->quarantine.notes().note(mail()->id, false));
    std::filesystem::remove(dir / "reading");
    std::filesystem::create_directory(dir / "reading");
    CHECK(start()->log.has("a letter that ends the node will not be known"));
}

TEST_CASE_FIXTURE(Fixture, "damaged notes accuse nobody") {
    die_reading(start(), {mail()->id, row(Table::inbox, 3)});
    const auto path = dir / "reading";
    const auto size = std::filesystem::file_size(path);
    std::string content(size, '\0');
    std::ifstream(path, std::ios::binary).read(content.data(), static_cast<std::streamsize>(size));
    for (int i = 0; i < 300; ++i) {
        std::string damaged = content.substr(0, rng.below(content.size() + 1));
        for (int changed = 0; changed < 8 && !damaged.empty(); ++changed)
            damaged[rng.below(damaged.size())] = static_cast<char>(rng.below(256));
        std::ofstream(path, std::ios::binary | std::ios::trunc) << damaged;
        const auto life = start();
        CHECK(life->quarantine.all().empty());
        CHECK(life->quarantine.notes().suspects().size() <= 2);
    }
}

}  // namespace
}  // namespace hearsay::app
