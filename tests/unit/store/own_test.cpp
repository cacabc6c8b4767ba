#include "store/own.hpp"

#include <doctest/doctest.h>

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
    std::vector<std::string> keys(Table table, std::string_view from, std::size_t most = 100) const {
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
    peer.manual = number % 2 == 1;
    peer.added = noon;
    if (number > 1) peer.last_seen = noon + number * hour;
    return peer;
}

// Stands for a schema 2 of the future.
base::Result<void> migrate_to_two(Txn& txn) {
    if (const auto table = txn.open_table(about_table, 0))
        txn.put(*table, as_bytes("migrated"), as_bytes("yes"));
    return {};
}
base::Result<void> migrate_badly(Txn&) {
    return base::fail(base::ErrorCode::corrupt, "cannot be migrated");
}

}  // namespace

TEST_CASE_FIXTURE(Fixture, "what was put is there, replaced when put again, and absent when erased") {
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
        CHECK(get(static_cast<Table>(table), "same") == to_bytes(std::string_view(std::to_string(table))));
    put(Table::meta, "empty", "");
    CHECK(get(Table::meta, "empty") == base::Bytes());
}

TEST_CASE_FIXTURE(Fixture,
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

TEST_CASE_FIXTURE(Fixture,
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

TEST_CASE_FIXTURE(Fixture, "a full database fails the commit, keeps nothing of it and everything before") {
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
        CHECK((*txn)->get(Table::inbox, as_bytes("before")) ==
              std::nullopt);  // after a failure nothing is answered
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
    drop_peer(**txn, known_peer(3).peer);
    REQUIRE((*txn)->commit());
    const auto peers = known_peers(**own->read());
    REQUIRE(peers);
    CHECK(*peers == std::vector{known_peer(1), changed});
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
    const Migration to_two[] = {migrate_to_two};
    {
        auto env = Env::open(path, 1ULL << 28, 0);
        REQUIRE(env);
        REQUIRE(open_schema(*env, to_two));
        REQUIRE(open_schema(*env, to_two));
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
    const Migration badly[] = {migrate_to_two, migrate_badly};
    {
        auto env = Env::open(path, 1ULL << 28, 0);
        REQUIRE(env);
        CHECK_FALSE(open_schema(*env, badly));
        auto txn = Txn::begin(*env, Txn::Kind::read);
        CHECK_FALSE(txn->get(*txn->open_table(about_table, 0), as_bytes("migrated")));
    }
    own = open_own(path);
}

}  // namespace hearsay::store
