#include "store/file.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "store/lmdb.hpp"
#include "store/lock.hpp"
#include "unit/store/fixture.hpp"

namespace hearsay::store {
namespace {

using namespace testing;
using base::as_bytes;
using base::ErrorCode;

unsigned mode_of(const std::string& path) {
    struct stat info{};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    return info.st_mode & 0777;
}

}  // namespace

TEST_CASE_FIXTURE(TemporaryDirectory,
                  "a replaced file has the new content, mode 0600 and leaves no temporary one") {
    const std::string path = *this / "vault";
    REQUIRE(replace_file(path, as_bytes("old and longer")));
    REQUIRE(::chmod(path.c_str(), 0644) == 0);
    REQUIRE(replace_file(path + ".new", as_bytes("left by a crash")));
    REQUIRE(replace_file(path, as_bytes("new")));
    CHECK(read_file(path, 100) == base::to_bytes(std::string_view("new")));
    CHECK(mode_of(path) == 0600);
    CHECK_FALSE(file_exists(path + ".new"));
}

TEST_CASE_FIXTURE(TemporaryDirectory, "a file that cannot be replaced stays as it was") {
    const std::string path = *this / "vault";
    REQUIRE(replace_file(path, as_bytes("old")));
    REQUIRE(::mkdir((path + ".new").c_str(), 0700) == 0);  // in the way of the temporary file
    CHECK_FALSE(replace_file(path, as_bytes("new")));
    CHECK(read_file(path, 100) == base::to_bytes(std::string_view("old")));
}

TEST_CASE_FIXTURE(TemporaryDirectory, "reading knows a missing file from a too long one") {
    const std::string path = *this / "file";
    CHECK(read_file(path, 3).error().code == ErrorCode::not_found);
    REQUIRE(replace_file(path, as_bytes("four")));
    CHECK(read_file(path, 3).error().code == ErrorCode::corrupt);
    CHECK(read_file(path, 4) == base::to_bytes(std::string_view("four")));
    REQUIRE(remove_file(path));
    REQUIRE(remove_file(path));
    CHECK_FALSE(file_exists(path));
}

TEST_CASE_FIXTURE(TemporaryDirectory,
                  "a data directory is made with all that is above it, for its user only") {
    const std::string path = *this / "a/b/data";
    REQUIRE(prepare_directory(path + "/"));
    CHECK(mode_of(path) == 0700);
    CHECK(mode_of(*this / "a") == 0700);
    REQUIRE(prepare_directory(path));
    CHECK(*free_disk_bytes(path) > 0);
}

TEST_CASE_FIXTURE(TemporaryDirectory,
                  "a data directory that others may write to is refused with the remedy") {
    const std::string path = *this / "data";
    REQUIRE(prepare_directory(path));
    for (const mode_t mode : {0770, 0702}) {
        REQUIRE(::chmod(path.c_str(), mode) == 0);
        const auto refused = prepare_directory(path);
        REQUIRE_FALSE(refused);
        CHECK(refused.error().code == ErrorCode::denied);
        CHECK(refused.error().text.find("chmod go-w") != std::string::npos);
    }
    REQUIRE(::chmod(path.c_str(), 0755) == 0);
    CHECK(prepare_directory(path));
}

TEST_CASE_FIXTURE(TemporaryDirectory, "a data directory of somebody else is refused") {
    // Root can give one away; for anybody else root's own will do.
    std::string path = "/usr";
    if (::geteuid() == 0) {
        path = *this / "data";
        REQUIRE(prepare_directory(path));
        REQUIRE(::chown(path.c_str(), 12345, 12345) == 0);
    }
    const auto refused = prepare_directory(path);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::denied);
    CHECK(refused.error().text.find("another user") != std::string::npos);
}

TEST_CASE_FIXTURE(TemporaryDirectory, "a file is no data directory") {
    REQUIRE(replace_file(*this / "file", as_bytes("x")));
    CHECK(prepare_directory(*this / "file").error().code == ErrorCode::invalid);
    CHECK_FALSE(prepare_directory(*this / "file/below"));
    CHECK(prepare_directory("").error().code == ErrorCode::invalid);
}

TEST_CASE_FIXTURE(TemporaryDirectory,
                  "a second taker of the lock learns who holds it, until the holder ends") {
    std::string expected;
    {
        const auto lock = DirectoryLock::take(path());
        REQUIRE(lock);
        expected = path() + " is in use by process " + std::to_string(::getpid());
        const auto second = DirectoryLock::take(path());
        REQUIRE_FALSE(second);
        CHECK(second.error() == base::Error{ErrorCode::conflict, expected});
    }
    CHECK(DirectoryLock::take(path()));
}

TEST_CASE_FIXTURE(TemporaryDirectory, "a lock ends with its process, however that ends") {
    int pipe_ends[2];
    REQUIRE(::pipe(pipe_ends) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const auto lock = DirectoryLock::take(path());
        const char answer = lock ? 'y' : 'n';
        if (::write(pipe_ends[1], &answer, 1) != 1) ::_exit(1);
        for (;;) ::pause();
    }
    char answer = 0;
    REQUIRE(::read(pipe_ends[0], &answer, 1) == 1);
    CHECK(answer == 'y');
    const auto refused = DirectoryLock::take(path());
    CHECK_FALSE(refused);
    if (!refused) CHECK(refused.error().text.find(std::to_string(child)) != std::string::npos);
    REQUIRE(::kill(child, SIGKILL) == 0);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    ::close(pipe_ends[0]);
    ::close(pipe_ends[1]);
    CHECK(DirectoryLock::take(path()));
}

TEST_CASE(
    "times keep their order as bytes and come back, the unreachable ones as the last there is") {
    const std::int64_t seconds[] = {-100'000'000'000, -1, 0, 1, 255, 256, 1'800'000'000,
                                    253'402'300'799};
    for (std::size_t i = 0; i < std::size(seconds); ++i) {
        const auto time = base::from_unix_seconds(seconds[i]);
        CHECK(read_time(time_bytes(time)) == time);
        if (i > 0) CHECK(time_bytes(base::from_unix_seconds(seconds[i - 1])) < time_bytes(time));
    }
    CHECK(time_bytes(base::WallTime::max()) > time_bytes(base::from_unix_seconds(253'402'300'799)));
    CHECK(time_bytes(base::WallTime::min()) <
          time_bytes(base::from_unix_seconds(-100'000'000'000)));
}

}  // namespace hearsay::store
