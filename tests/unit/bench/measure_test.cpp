#include "bench/measure.hpp"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

using namespace hearsay;
using namespace hearsay::bench;

TEST_CASE("a line of a process's status is read in bytes") {
    const std::string text =
        "Name:\tx\nVmRSS:\t  5000 kB\nRssAnon:\t    1234 kB\nRssFile:\t 1 kB\n";
    CHECK(status_bytes(text, "RssAnon:") == 1234U * 1024);
    CHECK(status_bytes("RssAnon:\t7 kB\n", "RssAnon:") == 7U * 1024);
    CHECK_FALSE(status_bytes(text, "RssShmem:"));
    CHECK_FALSE(status_bytes("RssAnon:\nVmRSS:\t5 kB\n", "RssAnon:"));
    CHECK_FALSE(status_bytes("RssAnon:\t12 MB\n", "RssAnon:"));
}

TEST_CASE("memory that is used shows in the anonymous bytes") {
    const auto before = anonymous_bytes();
    REQUIRE(before);
    constexpr std::size_t size = 32U << 20;
    const std::vector<char> used(size, 'x');
    const auto after = anonymous_bytes();
    REQUIRE(after);
    CHECK(used.back() == 'x');
    CHECK(*after >= *before + size / 2);
}

TEST_CASE("a child's numbers, its reason and its crash all come back") {
    const auto numbers =
        in_child([]() -> base::Result<std::vector<double>> { return std::vector{1.5, -2.0}; });
    REQUIRE(numbers);
    CHECK(*numbers == std::vector{1.5, -2.0});
    const auto reason = in_child([]() -> base::Result<std::vector<double>> {
        return base::fail(base::ErrorCode::io, "no disk");
    });
    REQUIRE_FALSE(reason);
    CHECK(reason.error().text == "no disk");
    const auto crash = in_child([]() -> base::Result<std::vector<double>> { std::_Exit(3); });
    REQUIRE_FALSE(crash);
    CHECK(crash.error().text.find("status 3") != std::string::npos);
}

TEST_CASE("the directory of a run is gone afterwards, whatever became of the run") {
    const auto run = [](const std::function<int(const std::string&)>& work, int wanted) {
        const auto directory = make_directory();
        REQUIRE(directory);
        REQUIRE(std::filesystem::is_directory(*directory));
        const int status = supervised(*directory, [&] {
            std::ofstream(*directory + "/data") << "x";
            return work(*directory);
        });
        CHECK(status == wanted);
        CHECK_FALSE(std::filesystem::exists(*directory));
    };
    run([](const std::string&) { return 0; }, 0);
    run([](const std::string&) { return 4; }, 4);
    run(
        [](const std::string&) {
            ::raise(SIGKILL);
            return 0;
        },
        128 + SIGKILL);
}

TEST_CASE("a file dropped from the page cache still reads the same") {
    const auto directory = make_directory();
    REQUIRE(directory);
    const std::string path = *directory + "/file";
    std::ofstream(path) << std::string(100'000, 'y');
    CHECK(drop_from_cache(path));
    std::ifstream file(path);
    const std::string content{std::istreambuf_iterator<char>(file), {}};
    CHECK(content == std::string(100'000, 'y'));
    CHECK(disk_bytes(path).value_or(0) >= 100'000);
    CHECK_FALSE(drop_from_cache(*directory + "/none"));
    CHECK_FALSE(disk_bytes(*directory + "/none"));
    std::filesystem::remove_all(*directory);
}
