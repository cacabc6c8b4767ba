// What outlives a run of the flood store and what does not: restarts, dead machines, damage,
// other schemas.
#include <doctest/doctest.h>

#include "store/file.hpp"
#include "store/flood.hpp"
#include "store/schema.hpp"
#include "unit/store/fixture.hpp"

namespace hearsay::store {

using namespace testing;
using core::Presence;

TEST_CASE_FIXTURE(
    FloodFixture,
    "a damaged item counts as absent and the next commit drops it so that it can come again") {
    const auto offer = publication({});
    commit(*flood, {storing(offer), storing(mail(1))});
    edit([](Txn& txn, const FloodTables& tables) {
        const auto key = position_bytes(1);
        auto row = base::to_bytes(*txn.get(tables.items, key));
        row[20] ^= 0xff;  // in the header
        txn.put(tables.items, key, row);
    });
    {
        const auto view = read();
        CHECK(view->get(offer->id) == nullptr);
        CHECK(view->get(offer->id) == nullptr);
        view->of_kind(item::kind_offer, std::numeric_limits<core::Position>::max(),
                      [](core::Position, const item::ReadPtr&) {
                          FAIL("a damaged item was shown");
                          return false;
                      });
        CHECK(view->get(mail(1)->id));
        CHECK_FALSE(view->error());
    }
    CHECK(flood->stats().damaged == 1);
    const auto txn = begin();
    CHECK(txn->get(offer->id) == nullptr);
    REQUIRE(txn->commit());
    CHECK(read()->presence(offer->id) == Presence::unknown);
    CHECK(read()->alive_count() == 1);
    CHECK(read()->slot(thing_of(offer))->sequence == 1);
    CHECK(read()->slot(thing_of(offer))->id > offer->id);
    commit(*flood, {storing(offer)});
    CHECK(read()->get(offer->id)->item == offer->item);
    CHECK(read()->slot(thing_of(offer)) == core::SlotState{1, offer->id, false});
}

TEST_CASE_FIXTURE(FloodFixture, "everything is there after a restart, in the same life") {
    commit(*flood, {storing(publication({})), storing(mail(1)), storing(mail(2))});
    commit(*flood, {forgetting(mail(2)->id)});
    CHECK(flood->stats().life == 7);
    reopen(flood_options(8));
    CHECK(flood->stats().life == 7);
    CHECK(read()->life() == 7);
    CHECK_FALSE(flood->stats().wiped);
    CHECK(flood->stats().items == 2);
    CHECK(flood->stats().disk_bytes > 0);
    CHECK(read()->get(mail(1)->id));
    CHECK(read()->presence(mail(2)->id) == Presence::gone);
}

TEST_CASE_FIXTURE(
    FloodFixture,
    "a machine that died with commits not synced costs the flood, which begins a new life") {
    commit(*flood, {storing(mail(1))});
    CHECK(file_exists(path + "/unsynced"));
    // A copy of the directory as the dying machine leaves it.
    const std::string left = directory / "left";
    REQUIRE(prepare_directory(left));
    for (const char* name : {"/data.mdb", "/unsynced"}) {
        const auto content = read_file(path + name, 1 << 24);
        REQUIRE(content);
        REQUIRE(replace_file(left + name, *content));
    }
    {
        const auto same_boot = open_flood(left, flood_options(8));
        CHECK(same_boot->stats().items == 1);
        commit(*same_boot, {storing(mail(2))});
    }
    REQUIRE(replace_file(left + "/unsynced", base::as_bytes("another boot")));
    const auto wiped = open_flood(left, flood_options(9));
    CHECK(wiped->stats().wiped);
    CHECK(wiped->stats().items == 0);
    CHECK(wiped->stats().life == 9);
    commit(*wiped, {storing(mail(3))});
    CHECK(wiped->stats().items == 1);
}

TEST_CASE_FIXTURE(FloodFixture, "a machine that died after a sync costs nothing") {
    commit(*flood, {storing(mail(1))});
    REQUIRE(flood->sync());
    CHECK_FALSE(file_exists(path + "/unsynced"));
    auto next_boot = flood_options(8);
    next_boot.boot_id = "another boot";
    reopen(next_boot);
    CHECK(flood->stats().items == 1);
    CHECK(flood->stats().life == 7);
    commit(*flood, {storing(mail(2))});
    CHECK(file_exists(path + "/unsynced"));
}

TEST_CASE_FIXTURE(FloodFixture, "a system without boot ids trusts no marker") {
    CHECK_FALSE(system_boot_id().empty());
    Unsynced unsynced(path, "");
    CHECK(unsynced.machine_died() == false);
    REQUIRE(unsynced.before_commit());
    unsynced.after_commit();
    CHECK(unsynced.machine_died() == true);
}

TEST_CASE_FIXTURE(FloodFixture, "a sync does not vouch for a commit that came while it ran") {
    flood.reset();
    Unsynced unsynced(path, "this boot");
    REQUIRE(unsynced.before_commit());
    CHECK(unsynced.before_sync() == 0);
    unsynced.after_commit();
    const auto ticket = unsynced.before_sync();
    REQUIRE(unsynced.before_commit());
    unsynced.after_commit();
    REQUIRE(unsynced.after_sync(ticket));
    CHECK(file_exists(path + "/unsynced"));
    REQUIRE(unsynced.after_sync(unsynced.before_sync()));
    CHECK_FALSE(file_exists(path + "/unsynced"));
}

TEST_CASE_FIXTURE(FloodFixture, "a directory of another network is refused by name") {
    flood.reset();
    auto options = flood_options();
    options.network = item::Network::local;
    const auto other = Flood::open(path, options);
    REQUIRE_FALSE(other);
    CHECK(other.error().code == base::ErrorCode::invalid);
    CHECK(other.error().text.find("network sim, not local") != std::string::npos);
}

TEST_CASE_FIXTURE(
    FloodFixture,
    "a store of an older schema begins again, as a new life, and takes everything in once more") {
    commit(*flood, {storing(mail(1)), storing(publication({}))});
    const auto old_life = flood->stats().life;
    flood.reset();
    std::uint64_t schema = 0;
    SUBCASE("of schema 1") {
        schema = 1;
    }
    SUBCASE("of schema 2") {
        schema = 2;
    }
    SUBCASE("of schema 4, which had a table more") {
        schema = 4;
    }
    {
        auto env = Env::open(path, 1ULL << 30, 0);
        REQUIRE(env);
        auto txn = Txn::begin(*env, Txn::Kind::write);
        txn->put(*txn->open_table(about_table, 0), base::as_bytes("schema"),
                 base::big_endian(schema));
        if (schema == 4)
            txn->put(*txn->open_table("created", MDB_CREATE), base::as_bytes("time"), {});
        REQUIRE(txn->commit());
    }
    FloodOptions options = flood_options();
    options.new_life = old_life + 1;
    auto again = Flood::open(path, options);
    REQUIRE(again);
    CHECK((*again)->stats().items == 0);
    CHECK((*again)->stats().life == old_life + 1);
    commit(**again, {storing(mail(1))});
    CHECK((*again)->stats().items == 1);
    again->reset();
    CHECK((*Flood::open(path, options))->stats().items == 1);  // ours from now on
    const auto env = Env::open(path, 1ULL << 30, 0);
    REQUIRE(env);
    CHECK(!Txn::begin(*env, Txn::Kind::read)->open_table("created", 0));
}

TEST_CASE_FIXTURE(FloodFixture, "a newer schema is refused and nothing is touched") {
    commit(*flood, {storing(mail(1))});
    flood.reset();
    {
        auto env = Env::open(path, 1ULL << 30, 0);
        REQUIRE(env);
        auto txn = Txn::begin(*env, Txn::Kind::write);
        txn->put(*txn->open_table(about_table, 0), base::as_bytes("schema"),
                 base::big_endian<std::uint64_t>(flood_schema + 1));
        REQUIRE(txn->commit());
    }
    const auto before = read_file(path + "/data.mdb", 1 << 24);
    const auto newer = Flood::open(path, flood_options());
    REQUIRE_FALSE(newer);
    CHECK(newer.error().code == base::ErrorCode::refused);
    CHECK(newer.error().text.find("newer version") != std::string::npos);
    CHECK(before == read_file(path + "/data.mdb", 1 << 24));
}

}  // namespace hearsay::store
