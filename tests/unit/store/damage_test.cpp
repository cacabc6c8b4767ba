// Files that were cut short, overwritten or replaced: found before LMDB maps them,
// whatever the damage.
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "store/file.hpp"
#include "store/flood.hpp"
#include "store/pages.hpp"
#include "unit/store/fixture.hpp"

namespace hearsay::store {
namespace {

using namespace testing;
using base::ErrorCode;

item::ReadPtr large_mail(std::uint32_t number) {
    item::Mail claim;
    const auto bytes = base::big_endian(number);
    std::copy(bytes.begin(), bytes.end(), claim.encapsulation_hash.data.begin());
    const item::Terms terms{item::Network::sim, item::kind_mail, noon, 24 * hour};
    auto read =
        item::read(item::make_mail(terms, claim, base::Bytes(17408, 0x5a)), item::Network::sim);
    REQUIRE(read);
    return *read;
}

// Of every kind of page: long values, many of one key, freed ones, deep trees.
void fill(Flood& flood, base::Rng& rng, std::uint32_t rounds) {
    std::uint32_t number = static_cast<std::uint32_t>(rng.next() >> 40);
    std::vector<base::ItemId> alive;
    for (std::uint32_t round = 0; round < rounds; ++round) {
        core::Effects effects;
        for (std::uint64_t i = 0, count = rng.below(120); i < count; ++i) {
            const auto item = rng.below(8) == 0 ? large_mail(++number)
                                                : mail(++number, noon + rng.below(9) * hour);
            alive.push_back(item->id);
            effects.push_back(storing(item));
        }
        for (std::uint64_t i = 0, count = rng.below(80); i < count && !alive.empty(); ++i) {
            const std::size_t which = rng.below(alive.size());
            const auto position = alive.begin() + static_cast<std::ptrdiff_t>(which);
            effects.push_back(forgetting(*position, noon + rng.below(9) * hour));
            alive.erase(position);
        }
        if (rng.below(3) == 0) effects.push_back(core::Sweep{noon + rng.below(9) * hour, 100});
        commit(flood, effects);
    }
}

base::Rng rng_of(std::uint8_t seed) {
    return base::Rng(seed_of(seed));
}

std::string whole(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

struct Filled : FloodFixture {
    std::string file = path + "/data.mdb";
    Filled() {
        auto rng = rng_of(1);
        fill(*flood, rng, 12);
        flood.reset();
    }
    void write(const std::string& content) const {
        std::ofstream(file, std::ios::binary) << content;
        std::filesystem::remove(path + "/lock.mdb");
        std::filesystem::remove(path + "/open");
    }
    // What a node does with it, as far as a store goes: reads all, stores, forgets, syncs.
    void use() const {
        auto opened = Flood::open(path, flood_options(8));
        REQUIRE_MESSAGE(opened, opened.error().text);
        std::vector<base::ItemId> ids;
        {
            const auto reader = (*opened)->read();
            REQUIRE(reader);
            for (const auto& [position, id, standing] :
                 (*reader)->newest(std::numeric_limits<core::Position>::max(), 1000))
                ids.push_back(id);
            for (const auto& id : ids) [[maybe_unused]]
                const auto item = (*reader)->get(id);
            (*reader)->of_kind(item::kind_mail, std::numeric_limits<core::Position>::max(),
                               [](core::Position, const item::ReadPtr&) { return true; });
        }
        auto txn = (*opened)->begin();
        REQUIRE(txn);
        for (const auto& id : (*txn)->expired(noon + 999 * hour, 50))
            if (!(*txn)->apply(forgetting(id))) break;
        if (!(*txn)->error()) std::ignore = (*txn)->apply(core::Sweep{noon + 9 * hour, 100});
        for (std::uint32_t i = 0; i < 40 && !(*txn)->error(); ++i) {
            const auto item = mail(0xf0000000 + i);
            if ((*txn)->presence(item->id) == core::Presence::unknown)
                std::ignore = (*txn)->apply(storing(item));
        }
        const auto kept = (*txn)->commit();
        if (kept) return;
        REQUIRE_MESSAGE(kept.error().code == ErrorCode::corrupt, kept.error().text);
        txn->reset();
        REQUIRE((*opened)->make_anew(9, kept.error().text));
        commit(**opened, {storing(mail(1))});
        CHECK((*opened)->stats().items == 1);
    }
};

}  // namespace

TEST_CASE("whatever was stored and forgotten, the file is found whole") {
    for (std::uint8_t seed = 1; seed <= 12; ++seed) {
        FloodFixture fixture;
        auto rng = rng_of(seed);
        for (int part = 0; part < 6; ++part) {
            fill(*fixture.flood, rng, 4);
            const auto checked = check_pages(fixture.path);
            REQUIRE_MESSAGE(checked, checked.error().text);
            CHECK(checked->entries > 0);
            const auto looked = look_at_file(fixture.path);
            REQUIRE_MESSAGE(looked, looked.error().text);
            CHECK(*looked == DataFile::there);
        }
    }
}

TEST_CASE_FIXTURE(Filled, "a file that is not there, or empty, is no damage") {
    write("");
    CHECK(look_at_file(path) == DataFile::empty);
    CHECK(check_pages(path));
    std::filesystem::remove(file);
    CHECK(look_at_file(path) == DataFile::missing);
    CHECK(check_pages(path));
}

TEST_CASE_FIXTURE(Filled, "a flood store cut short anywhere is made anew, and says why") {
    const std::string content = whole(file);
    REQUIRE(content.size() > 100 * 4096);
    for (const std::size_t size :
         {content.size() / 2, content.size() * 9 / 10, content.size() - 40 * 4096,
          std::size_t{8192}, std::size_t{4096}, std::size_t{100}, std::size_t{1}}) {
        write(content.substr(0, size));
        const auto again = open_flood(path, flood_options(8));
        CHECK_MESSAGE(again->stats().items == 0, size);
        CHECK(again->stats().life == 8);
        CHECK_FALSE(again->stats().wiped);
        CHECK(again->stats().damage.find("data.mdb is damaged") != std::string::npos);
        commit(*again, {storing(mail(1))});
    }
}

TEST_CASE_FIXTURE(Filled,
                  "a flood store with any page overwritten opens, and no damage ends the process") {
    const std::string content = whole(file);
    auto rng = rng_of(7);
    int anew = 0;
    for (int round = 0; round < 120; ++round) {
        std::string damaged = content;
        const std::size_t begin =
            round % 2 == 0 ? rng.below(content.size() / 4096) * 4096 : rng.below(content.size());
        const std::size_t size =
            std::min<std::size_t>(1 + rng.below(round % 3 == 0 ? 4 : 4096), content.size() - begin);
        for (std::size_t i = begin; i < begin + size; ++i)
            damaged[i] = round % 5 == 0 ? '\0' : static_cast<char>(rng.next());
        write(damaged);
        const int ended = in_child([&] {
            use();
            return 0;
        });
        REQUIRE_MESSAGE(ended == 0, "round " << round << ", " << size << " bytes at " << begin);
        anew += whole(file).size() < content.size() / 2 ? 1 : 0;
    }
    CHECK(anew > 20);
}

TEST_CASE_FIXTURE(Filled, "what is no file at all in the place of one of the flood's is replaced") {
    std::uint32_t number = 1'000'000;
    for (const char* name : {"/data.mdb", "/lock.mdb", "/unsynced"}) {
        for (const bool pipe : {true, false}) {
            std::filesystem::remove_all(path + name);
            if (pipe)
                REQUIRE(::mkfifo((path + name).c_str(), 0600) == 0);
            else
                std::filesystem::create_directories(path + name + "/inner");
            const auto again = Flood::open(path, flood_options(8));
            REQUIRE_MESSAGE(again, again.error().text);
            commit(**again, {storing(mail(++number))});
        }
    }
    std::filesystem::remove_all(path);
    std::ofstream(path) << "not a directory";
    CHECK(open_flood(path)->stats().items == 0);
}

TEST_CASE_FIXTURE(Filled, "a run that a contradiction ended is not trusted with its flood again") {
    REQUIRE(replace_file(path + "/suspect", {}));
    const auto again = open_flood(path, flood_options(8));
    CHECK(again->stats().items == 0);
    CHECK(again->stats().damage.find("ended the last run") != std::string::npos);
    CHECK_FALSE(file_exists(path + "/suspect"));
}

TEST_CASE_FIXTURE(
    FloodFixture,
    "tables that contradict each other fail the turn as damage, and a new life goes on") {
    commit(*flood, {storing(mail(1)), storing(mail(2))});
    edit(
        [](Txn& txn, const FloodTables& tables) { txn.erase(tables.ids, id_prefix(mail(1)->id)); });
    {
        const auto txn = begin();
        const auto over = txn->expired(noon + 999 * hour, 10);
        REQUIRE(over.size() == 2);
        for (const auto& id : over) std::ignore = txn->apply(forgetting(id));
        const auto kept = txn->commit();
        REQUIRE_FALSE(kept);
        CHECK(kept.error().code == ErrorCode::corrupt);
    }
    REQUIRE(flood->make_anew(9, "its tables contradict each other"));
    CHECK(flood->stats().items == 0);
    CHECK(flood->stats().life == 9);
    CHECK(flood->stats().damage == "its tables contradict each other");
    commit(*flood, {storing(mail(1))});
    reopen();
    CHECK(flood->stats().items == 1);
    CHECK(flood->stats().damage.empty());
}

TEST_CASE_FIXTURE(FloodFixture,
                  "with the map full of items, forgetting still works and makes room again") {
    flood.reset();
    auto options = flood_options();
    options.map_bytes = map_bytes_min;
    std::filesystem::remove_all(path);
    flood = open_flood(path, options);
    std::uint32_t number = 0;
    const auto store_until_full = [&] {
        for (;;) {
            const auto txn = begin();
            for (int i = 0; i < 20; ++i)
                if (!txn->apply(storing(large_mail(++number)))) break;
            if (const auto kept = txn->commit(); !kept) {
                CHECK(kept.error().code == ErrorCode::exhausted);
                return;
            }
        }
    };
    store_until_full();
    const std::uint64_t held = flood->stats().items;
    CHECK(held > 300);
    CHECK(flood->room_bytes() < flood->room_bytes_max() / 10);
    for (int turn = 0; turn < 100 && flood->stats().items > 0; ++turn) {
        const auto txn = begin();
        for (const auto& id : txn->expired(noon + 999 * hour, 50))
            REQUIRE(txn->apply(forgetting(id)));
        REQUIRE(txn->commit());
    }
    CHECK(flood->stats().items == 0);
    CHECK(flood->room_bytes() > flood->room_bytes_max() * 3 / 4);
    store_until_full();
    CHECK(flood->stats().items > held / 2);
}

TEST_CASE("an own store that is cut short or overwritten is refused as damaged and left as it is") {
    TemporaryDirectory directory;
    const std::string path = directory / "own";
    {
        const auto own = open_own(path);
        auto rng = rng_of(3);
        for (int turn = 0; turn < 40; ++turn) {
            auto txn = own->begin();
            REQUIRE(txn);
            for (int i = 0; i < 20; ++i) {
                base::Bytes key(20);
                rng.fill(key);
                (*txn)->put(market::Table::inbox, key, base::Bytes(rng.below(9000), 0x41));
            }
            REQUIRE((*txn)->commit());
        }
    }
    REQUIRE(Own::open(path, 1ULL << 28));
    const std::string content = whole(path + "/data.mdb");
    std::vector<std::string> damaged{content.substr(0, content.size() / 2), content.substr(0, 5000),
                                     std::string(content.size(), 'x'), content};
    std::fill_n(damaged[3].begin() + 4096 * 5, 4096 * 40, '\x7f');
    for (const std::string& bad : damaged) {
        std::ofstream(path + "/data.mdb", std::ios::binary) << bad;
        const int ended = in_child([&] {
            const auto opened = Own::open(path, 1ULL << 28);
            return !opened && opened.error().code == ErrorCode::corrupt ? 0 : 1;
        });
        CHECK(ended == 0);
        CHECK(whole(path + "/data.mdb") == bad);
    }
}

}  // namespace hearsay::store
