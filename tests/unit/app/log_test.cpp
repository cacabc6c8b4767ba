#include "app/node/log.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sys/stat.h>

#include <doctest/doctest.h>

namespace hearsay::app {
namespace {

struct Fixture {
    std::string folder = (std::filesystem::temp_directory_path() / "hearsay-log-XXXXXX").string();
    Fixture() { REQUIRE(mkdtemp(folder.data()) != nullptr); }
    ~Fixture() {
        std::error_code ignored;
        std::filesystem::remove_all(folder, ignored);
    }
    std::string path() const { return folder + "/log"; }
    static std::string content(const std::string& path) {
        std::ifstream file(path);
        return std::string(std::istreambuf_iterator<char>(file), {});
    }
};

TEST_CASE_FIXTURE(Fixture,
                  "a log file is private, is added to, and is opened anew when it was moved") {
    std::ofstream(path()) << "before\n";
    std::filesystem::remove(path());
    const auto log = make_log({base::LogLevel::info, path(), false});
    REQUIRE(log);
    (*log)->write(base::LogLevel::info, "tor", "one");
    (*log)->write(base::LogLevel::debug, "tor", "nobody asked for this");
    struct stat info{};
    REQUIRE(stat(path().c_str(), &info) == 0);
    CHECK((info.st_mode & 07777) == 0600);
    std::filesystem::rename(path(), path() + ".1");
    (*log)->write(base::LogLevel::info, "tor", "two");
    (*log)->open_anew();
    (*log)->write(base::LogLevel::warning, "tor", "three");
    const std::string old = content(path() + ".1");
    const std::string now = content(path());
    CHECK(old.find("tor: one\n") != old.npos);
    CHECK(old.find("tor: two\n") != old.npos);
    CHECK(old.find("nobody") == old.npos);
    CHECK(now.find("tor: three\n") != now.npos);
    CHECK(now.find("warning") != now.npos);
}

TEST_CASE_FIXTURE(Fixture,
                  "a log that cannot be opened is an error, and one that goes away goes on") {
    CHECK_FALSE(make_log({base::LogLevel::info, folder + "/none/log", false}));
    std::filesystem::create_directory(folder + "/sub");
    const auto log = make_log({base::LogLevel::info, folder + "/sub/log", false});
    REQUIRE(log);
    std::filesystem::rename(folder + "/sub", folder + "/moved");
    (*log)->open_anew();
    (*log)->write(base::LogLevel::info, "node", "still here");
    const std::string text = content(folder + "/moved/log");
    CHECK(text.find("cannot open the log") != text.npos);
    CHECK(text.find("still here") != text.npos);
}

TEST_CASE_FIXTURE(Fixture, "a line of JSON is one object, whatever the text holds") {
    const auto log = make_log({base::LogLevel::info, path(), true});
    REQUIRE(log);
    (*log)->write(base::LogLevel::error, "net", "a \"quote\", a \\, {} and\na line");
    const std::string text = content(path());
    CHECK(text.starts_with("{\"time\":\"2"));
    CHECK(
        text.ends_with("Z\",\"level\":\"error\",\"room\":\"net\","
                       "\"text\":\"a \\\"quote\\\", a \\\\, {} and\\u000aa line\"}\n"));
    CHECK(json_escaped("a\xff") == "a\\ufffd");
    CHECK(json_escaped("\u00e4\x7f") == "\u00e4\\u007f");
}

}  // namespace
}  // namespace hearsay::app
