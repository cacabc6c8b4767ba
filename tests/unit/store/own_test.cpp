#include "store/own.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "base/limits/links.hpp"
#include "store/candidates.hpp"
#include "store/file.hpp"
#include "store/known_peers.hpp"
#include "store/schema.hpp"
#include "unit/store/fixture.hpp"

namespace hearsay::store {
namespace {

using namespace testing;
using base::as_bytes;
using base::to_bytes;
using market::Table;

struct Fixture {
    TemporaryDirectory directory;
    std::string path = directory / "own";
    std::unique_ptr<Own> own = open_own(path);

    void put(Table table, std::string_view key, std::string_view value) {
        auto txn = own->begin();
        REQUIRE(txn);
        (*txn)->put(table, as_bytes(key), as_bytes(value));
        REQUIRE((*txn)->commit());
    }
    std::optional<base::Bytes> get(Table table, std::string_view key) const {
        auto reader = own->read();
        REQUIRE(reader);
        return (*reader)->get(table, as_bytes(key));
    }
    std::vector<std::string> keys(Table table, std::string_view from,
                                  std::size_t most = 100) const {
        auto reader = own->read();
        REQUIRE(reader);
        std::vector<std::string> out;
        (*reader)->scan(table, as_bytes(from), [&](base::ByteView key, base::ByteView) {
            out.push_back(base::to_text(key));
            return out.size() < most;
        });
        return out;
    }
};

core::KnownPeer known_peer(std::uint8_t number) {
    core::KnownPeer peer;
    peer.peer.data.fill(number);
    peer.pinned = number % 2 == 1;
    peer.anchor = number == 2;
    peer.added = noon;
    if (number > 1) peer.first_proved = noon + hour;
    if (number > 1) peer.last_seen = noon + number * hour;
    if (number > 2) {
        peer.banned_until = noon + 1000 * hour;
        peer.ban_reason = "it lied, \xE2\x82\xAC 5";
    }
    return peer;
}

core::Candidate candidate(std::uint8_t number, std::uint8_t source) {
    core::Candidate out;
    out.peer.data.fill(number);
    out.source.data.fill(source);
    out.heard = noon + number * hour;
    return out;
}

// Lead to a schema 5 of the future.
base::Result<void> migrate_to_two(Txn&) {
    return {};
}
base::Result<void> migrate_to_six(Txn& txn) {
    if (const auto table = txn.open_table(about_table, 0))
        txn.put(*table, as_bytes("migrated"), as_bytes("yes"));
    return {};
}
// The machine loses its power in the middle of it.
base::Result<void> migrate_and_die(Txn& txn) {
    const auto table = txn.open_table(about_table, 0);
    for (std::uint32_t row = 0; table && row < 2000; ++row)
        txn.put(*table, base::big_endian(row), base::Bytes(1000, 0x55));
    ::raise(SIGKILL);
    return {};
}
base::Result<void> migrate_badly(Txn&) {
    return base::fail(base::ErrorCode::corrupt, "cannot be migrated");
}

}  // namespace

TEST_CASE_FIXTURE(Fixture,
                  "what was put is there, replaced when put again, and absent when erased") {
    put(Table::inbox, "k", "one");
    CHECK(get(Table::inbox, "k") == to_bytes(std::string_view("one")));
    put(Table::inbox, "k", "two");
    CHECK(get(Table::inbox, "k") == to_bytes(std::string_view("two")));
    auto txn = own->begin();
    REQUIRE(txn);
    (*txn)->erase(Table::inbox, as_bytes("k"));
    (*txn)->erase(Table::inbox, as_bytes("never there"));
    REQUIRE((*txn)->commit());
    CHECK(get(Table::inbox, "k") == std::nullopt);
}

TEST_CASE_FIXTURE(Fixture, "each table has its own keys, and an empty value is a value") {
    for (std::uint8_t table = 0; table < own_tables; ++table)
        put(static_cast<Table>(table), "same", std::to_string(table));
    for (std::uint8_t table = 0; table < own_tables; ++table)
        CHECK(get(static_cast<Table>(table), "same") ==
              to_bytes(std::string_view(std::to_string(table))));
    put(Table::meta, "empty", "");
    CHECK(get(Table::meta, "empty") == base::Bytes());
}

TEST_CASE_FIXTURE(
    Fixture,
    "scan goes in key order from the first key at or after the given one and stops when told") {
    for (const char* key : {"b", "d", "a", "c"}) put(Table::outbox, key, "x");
    using Keys = std::vector<std::string>;
    CHECK(keys(Table::outbox, "") == Keys{"a", "b", "c", "d"});
    CHECK(keys(Table::outbox, "b") == Keys{"b", "c", "d"});
    CHECK(keys(Table::outbox, "bb") == Keys{"c", "d"});
    CHECK(keys(Table::outbox, "e").empty());
    CHECK(keys(Table::outbox, "", 2) == Keys{"a", "b"});
    CHECK(keys(Table::inbox, "").empty());
}

TEST_CASE_FIXTURE(
    Fixture,
    "a transaction sees what it put, a reader beside it does not, and an abort undoes it") {
    {
        auto txn = own->begin();
        REQUIRE(txn);
        (*txn)->put(Table::meta, as_bytes("k"), as_bytes("v"));
        CHECK((*txn)->get(Table::meta, as_bytes("k")));
        CHECK(get(Table::meta, "k") == std::nullopt);
    }
    CHECK(get(Table::meta, "k") == std::nullopt);
    put(Table::meta, "k", "after the abort");
    CHECK(get(Table::meta, "k"));
}

TEST_CASE_FIXTURE(Fixture, "everything is there after a restart") {
    put(Table::personas, "k", "v");
    own.reset();
    own = open_own(path);
    CHECK(get(Table::personas, "k") == to_bytes(std::string_view("v")));
}

TEST_CASE_FIXTURE(Fixture,
                  "a full database fails the commit, keeps nothing of it and everything before") {
    own.reset();
    auto small = Own::open(path, map_bytes_min);
    REQUIRE(small);
    own = std::move(*small);
    put(Table::inbox, "before", "kept");
    {
        auto txn = own->begin();
        REQUIRE(txn);
        const base::Bytes large(1 << 20, 0x41);
        for (std::uint8_t i = 0; i < 40; ++i) (*txn)->put(Table::inbox, base::big_endian(i), large);
        // after a failure nothing is answered
        CHECK((*txn)->get(Table::inbox, as_bytes("before")) == std::nullopt);
        REQUIRE((*txn)->error());
        const auto committed = (*txn)->commit();
        REQUIRE_FALSE(committed);
        CHECK(committed.error().code == base::ErrorCode::exhausted);
        CHECK(committed.error().text.find("largest size") != std::string::npos);
    }
    CHECK(keys(Table::inbox, "") == std::vector<std::string>{"before"});
    put(Table::inbox, "after", "kept too");
    CHECK(keys(Table::inbox, "").size() == 2);
}

TEST_CASE_FIXTURE(Fixture, "known peers are kept, changed and dropped, in order of their ids") {
    auto txn = own->begin();
    REQUIRE(txn);
    for (std::uint8_t number = 3; number > 0; --number) keep_peer(**txn, known_peer(number));
    auto changed = known_peer(2);
    changed.last_seen = noon + 100 * hour;
    keep_peer(**txn, changed);
    drop_peer(**txn, known_peer(1).peer);
    REQUIRE((*txn)->commit());
    const auto peers = known_peers(**own->read());
    REQUIRE(peers);
    CHECK(*peers == std::vector{changed, known_peer(3)});
}

TEST_CASE_FIXTURE(
    Fixture, "a peer record of version 1 is read, and is written as version 2 when it changes") {
    base::Bytes value{1, 1};
    base::append(value, time_bytes(noon));
    base::append(value, time_bytes(noon + hour));
    const std::string key(32, '\x11');
    put(Table::peers, key, base::to_text(value));
    core::KnownPeer expected;
    expected.peer.data.fill(0x11);
    expected.pinned = true;
    expected.added = noon;
    expected.last_seen = noon + hour;
    CHECK(*known_peers(**own->read()) == std::vector{expected});

    expected.first_proved = noon + 2 * hour;
    auto txn = own->begin();
    keep_peer(**txn, expected);
    REQUIRE((*txn)->commit());
    CHECK(get(Table::peers, key)->front() == 2);
    CHECK(*known_peers(**own->read()) == std::vector{expected});
}

TEST_CASE_FIXTURE(Fixture, "no cut, no longer and no later record passes for a peer") {
    const auto whole = [] {
        base::Bytes out{2, 0};
        for (int i = 0; i < 4; ++i) base::append(out, time_bytes(noon));
        return out;
    }();
    const std::string key(32, '\x11');
    put(Table::peers, key, base::to_text(whole));
    CHECK(known_peers(**own->read()));
    std::vector<base::Bytes> wrong{
        base::Bytes(whole.begin(), whole.end() - 1), {}, {2}, {1, 1}, whole, whole, whole};
    wrong[4][0] = 3;
    wrong[5][1] = 4;
    wrong[6].resize(whole.size() + base::limits::ban_reason_bytes_max + 1, 'x');
    for (const base::Bytes& value : wrong) {
        put(Table::peers, key, base::to_text(value));
        CHECK_FALSE(known_peers(**own->read()));
    }
}

TEST_CASE_FIXTURE(Fixture, "candidates are kept under each source, heard of again, and dropped") {
    auto txn = own->begin();
    REQUIRE(txn);
    keep_candidate(**txn, candidate(7, 2));
    keep_candidate(**txn, candidate(7, 0));
    keep_candidate(**txn, candidate(9, 2));
    auto again = candidate(7, 2);
    again.heard = noon + 100 * hour;
    keep_candidate(**txn, again);
    drop_candidate(**txn, {candidate(9, 2).peer, candidate(9, 2).source});
    drop_candidate(**txn, {candidate(9, 9).peer, candidate(9, 9).source});
    REQUIRE((*txn)->commit());
    own.reset();
    own = open_own(path);
    const StoredCandidates stored = candidates(**own->read());
    CHECK(stored.candidates == std::vector{candidate(7, 0), again});
    CHECK(stored.damaged.empty());
}

TEST_CASE_FIXTURE(Fixture, "a damaged candidate is skipped and named, the others are read") {
    auto txn = own->begin();
    REQUIRE(txn);
    keep_candidate(**txn, candidate(7, 2));
    keep_candidate(**txn, candidate(9, 2));
    REQUIRE((*txn)->commit());
    put(Table::candidates, "short", "x");
    put(Table::candidates, std::string(32, '\2') + std::string(32, '\7'), "nonsense");
    const StoredCandidates stored = candidates(**own->read());
    CHECK(stored.candidates == std::vector{candidate(9, 2)});
    REQUIRE(stored.damaged.size() == 2);
    CHECK(base::to_text(stored.damaged[0]) == std::string(32, '\2') + std::string(32, '\7'));
    CHECK(base::to_text(stored.damaged[1]) == "short");
}

TEST_CASE_FIXTURE(Fixture, "a store of schema 1 is opened as it is, and of schema 2 from then on") {
    put(Table::inbox, "k", "v");
    own.reset();
    {
        auto env = Env::open(path, 1ULL << 28, 0);
        auto txn = Txn::begin(*env, Txn::Kind::write);
        txn->put(*txn->open_table(about_table, 0), as_bytes("schema"),
                 base::big_endian(std::uint64_t{1}));
        REQUIRE(txn->commit());
    }
    own = open_own(path);
    CHECK(get(Table::inbox, "k") == to_bytes(std::string_view("v")));
    own.reset();
    auto env = Env::open(path, 1ULL << 28, 0);
    const auto older_program = open_schema(*env, {});
    REQUIRE_FALSE(older_program);
    CHECK(older_program.error().code == base::ErrorCode::refused);
}

TEST_CASE_FIXTURE(
    Fixture, "a person's records of an earlier schema are refused, and nothing of them is lost") {
    for (const Table table : {Table::publications, Table::seen_mail, Table::mailboxes}) {
        put(table, "k", "v");
        own.reset();
        const auto set_schema = [&](std::uint64_t schema) {
            auto env = Env::open(path, 1ULL << 28, 0);
            auto txn = Txn::begin(*env, Txn::Kind::write);
            txn->put(*txn->open_table(about_table, 0), as_bytes("schema"),
                     base::big_endian(schema));
            REQUIRE(txn->commit());
        };
        for (const std::uint64_t earlier : {1, 2, 3, 4}) {
            set_schema(earlier);
            const auto before = read_file(path + "/data.mdb", 1 << 24);
            CHECK(holds_earlier_records(path));
            const auto refused = Own::open(path);
            REQUIRE_FALSE(refused);
            CHECK(refused.error().code == base::ErrorCode::refused);
            CHECK(read_file(path + "/data.mdb", 1 << 24) == before);
        }
        for (const std::uint64_t other : {6, 5}) {
            set_schema(other);
            CHECK_FALSE(holds_earlier_records(path));
        }
        own = open_own(path);
        CHECK(get(table, "k") == to_bytes(std::string_view("v")));
        auto txn = own->begin();
        REQUIRE(txn);
        (*txn)->erase(table, as_bytes("k"));
        REQUIRE((*txn)->commit());
    }
}

TEST_CASE_FIXTURE(Fixture,
                  "of an earlier store without a person, and of none, nothing is held back") {
    own.reset();
    CHECK_FALSE(holds_earlier_records(path));
    CHECK_FALSE(holds_earlier_records(path + "-that-is-not-there"));
    {
        auto env = Env::open(path, 1ULL << 28, 0);
        auto txn = Txn::begin(*env, Txn::Kind::write);
        txn->put(*txn->open_table(about_table, 0), as_bytes("schema"),
                 base::big_endian(std::uint64_t{4}));
        REQUIRE(txn->commit());
    }
    CHECK_FALSE(holds_earlier_records(path));
    own = open_own(path);
}

TEST_CASE_FIXTURE(Fixture, "a damaged peer record is an error that names the peer") {
    put(Table::peers, std::string(32, '\x11'), "nonsense");
    const auto peers = known_peers(**own->read());
    REQUIRE_FALSE(peers);
    CHECK(peers.error().code == base::ErrorCode::corrupt);
    CHECK(peers.error().text.find("11111111") != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "an older schema is migrated once, a newer one refused") {
    own.reset();
    const Migration to_six[] = {migrate_to_two, migrate_to_two, migrate_to_two, migrate_to_two,
                                migrate_to_six};
    {
        auto env = Env::open(path, 1ULL << 28, 0);
        REQUIRE(env);
        REQUIRE(open_schema(*env, to_six));
        REQUIRE(open_schema(*env, to_six));
        auto txn = Txn::begin(*env, Txn::Kind::read);
        CHECK(txn->get(*txn->open_table(about_table, 0), as_bytes("migrated")));
    }
    const auto before = read_file(path + "/data.mdb", 1 << 24);
    const auto older_program = Own::open(path);
    REQUIRE_FALSE(older_program);
    CHECK(older_program.error().code == base::ErrorCode::refused);
    CHECK(before == read_file(path + "/data.mdb", 1 << 24));
}

TEST_CASE_FIXTURE(Fixture, "a migration that fails leaves the older schema") {
    own.reset();
    const Migration badly[] = {migrate_to_two, migrate_to_two, migrate_to_two,
                               migrate_to_two, migrate_to_six, migrate_badly};
    {
        auto env = Env::open(path, 1ULL << 28, 0);
        REQUIRE(env);
        CHECK_FALSE(open_schema(*env, badly));
        auto txn = Txn::begin(*env, Txn::Kind::read);
        CHECK_FALSE(txn->get(*txn->open_table(about_table, 0), as_bytes("migrated")));
    }
    own = open_own(path);
}

TEST_CASE_FIXTURE(Fixture, "a migration that is killed in the middle is as if it had not begun") {
    put(Table::inbox, "k", "one");
    own.reset();
    const Migration killed[] = {migrate_to_two, migrate_to_two, migrate_to_two,
                                migrate_to_two, migrate_to_six, migrate_and_die};
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        auto env = Env::open(path, 1ULL << 28, 0);
        if (env) (void)open_schema(*env, killed);
        ::_exit(1);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGKILL);

    own = open_own(path);  // the program of before still reads it
    CHECK(get(Table::inbox, "k") == to_bytes("one"));
    own.reset();
    const Migration to_six[] = {migrate_to_two, migrate_to_two, migrate_to_two, migrate_to_two,
                                migrate_to_six};
    auto env = Env::open(path, 1ULL << 28, 0);
    REQUIRE(env);
    REQUIRE(open_schema(*env, to_six));
    auto txn = Txn::begin(*env, Txn::Kind::read);
    const auto table = *txn->open_table(about_table, 0);
    CHECK(txn->get(table, as_bytes("migrated")));
    CHECK_FALSE(txn->get(table, base::big_endian(std::uint32_t{0})));
}

}  // namespace hearsay::store
