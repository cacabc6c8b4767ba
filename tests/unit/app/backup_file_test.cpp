#include "app/node/backup_file.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>

#include <doctest/doctest.h>

#include "../api/fixture.hpp"
#include "../market/fakes.hpp"
#include "base/encoding.hpp"

namespace hearsay::app {
namespace {

namespace fs = std::filesystem;

struct Fixture {
    api::TempDir temp;
    std::string path = (temp.path() / "b.backup").string();
    base::Rng rng = market::seeded(1);
    market::Vault vault = market::Vault::create(rng, market::noon).vault;
    std::unique_ptr<store::Own> own = *store::Own::open((temp.path() / "own").string());

    // All backups, and what lies beside them.
    std::vector<std::string> names() const {
        std::vector<std::string> out;
        for (const auto& entry : fs::directory_iterator(temp.path()))
            if (entry.is_regular_file()) out.push_back(entry.path().filename().string());
        std::ranges::sort(out);
        return out;
    }
    base::Result<BackupWritten> write() { return write(rng); }
    base::Result<BackupWritten> write(base::Rng& from) {
        const auto reader = own->read();
        REQUIRE(reader);
        return write_backup_file(path, "secret", market::cheap, from, market::noon, vault.content(),
                                 **reader);
    }
};

TEST_CASE_FIXTURE(Fixture,
                  "a backup is a file of mode 0600 that reads back, and nothing lies beside it") {
    const auto written = write();
    REQUIRE(written);
    struct stat info{};
    REQUIRE(stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
    CHECK(static_cast<std::uint64_t>(info.st_size) == written->bytes);
    CHECK(names() == std::vector<std::string>{"b.backup"});
    const auto read = read_backup_file(path, "secret");
    REQUIRE(read);
    CHECK(read->made == market::noon);
    CHECK(read->vault.identity() == vault.identity());
}

TEST_CASE_FIXTURE(Fixture, "a backup replaces no file, whatever it is called") {
    std::ofstream(path) << "precious";
    CHECK(write().error().code == base::ErrorCode::conflict);
    CHECK(fs::file_size(path) == 8);
    CHECK(names() == std::vector<std::string>{"b.backup"});
    fs::rename(path, path + ".new");
    CHECK(write());
    CHECK(fs::file_size(path + ".new") == 8);
    // Not even one that has the name of the part by chance.
    fs::remove(path);
    base::Rng chance = market::seeded(5);
    base::Rng same = market::seeded(5);
    base::FixedBytes<4, struct PartTag> part;
    same.fill(part);
    const std::string in_the_way = path + "." + base::to_hex(part) + ".part";
    std::ofstream(in_the_way) << "precious";
    CHECK(write(chance).error().code == base::ErrorCode::conflict);
    CHECK(fs::file_size(in_the_way) == 8);
}

TEST_CASE_FIXTURE(Fixture, "where no file can be made nothing is left, and the error says where") {
    path = (temp.path() / "missing" / "b.backup").string();
    const auto failed = write();
    REQUIRE_FALSE(failed);
    CHECK(failed.error().code == base::ErrorCode::not_found);
    CHECK(failed.error().text.find(path) != std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "what is no file is not read") {
    CHECK(read_backup_file(path, "secret").error().code == base::ErrorCode::not_found);
    CHECK(read_backup_file(temp.path().string(), "secret").error().code ==
          base::ErrorCode::invalid);
    REQUIRE(mkfifo(path.c_str(), 0600) == 0);
    CHECK(read_backup_file(path, "secret").error().code == base::ErrorCode::invalid);
}

TEST_CASE("a backup needs an absolute path and a passphrase") {
    CHECK(check_backup_path("/a/b", "x"));
    for (const char* path : {"", "/", "a/b", "/a/"}) CHECK_FALSE(check_backup_path(path, "x"));
    CHECK(check_backup_path("/a/b", "").error().text.find("passphrase") != std::string::npos);
}

}  // namespace
}  // namespace hearsay::app
