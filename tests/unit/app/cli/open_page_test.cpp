#include "app/cli/open_page.hpp"

#include <atomic>
#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

#include <doctest/doctest.h>

#include "../../api/fixture.hpp"
#include "api.pb.h"
#include "run_in.hpp"

namespace hearsay::app::cli {
namespace {

// A node with a door, which runs in a thread of its own.
struct DoorNode {
    api::TempDir temp;
    std::atomic<bool> stop = false, ready = false;
    std::thread thread{[this] { serve(); }};
    std::string shown;                       // what the desktop was given
    std::function<void()> on_shown = [] {};  // the browser's part

    DoorNode() {
        while (!ready) std::this_thread::yield();
    }
    ~DoorNode() {
        stop = true;
        thread.join();
    }
    void serve() {
        std::signal(SIGPIPE, SIG_IGN);
        std::filesystem::create_directory(temp.path() / "run");
        const base::UniqueFd dir = api::open_dir(temp.path() / "run");
        api::FakeBackend backend;
        api::SilentLog log;
        event_base* const base = event_base_new();
        {
            auto server = api::Interface::open(
                base, dir.get(), backend, log, {},
                api::DoorMeans{base::Rng(base::Secret{}), [] { return base::Now{}; }, 0});
            ready = true;
            while (!stop && server) {
                event_base_loop(base, EVLOOP_NONBLOCK);
                usleep(500);
            }
        }
        event_base_free(base);
    }
    Outcome open(std::vector<std::string> words, bool has_desktop = true) {
        std::istringstream in;
        std::ostringstream out, err;
        Terminal terminal{in,
                          out,
                          err,
                          false,
                          false,
                          false,
                          100,
                          40,
                          [] { return now_here; },
                          [] { return false; },
                          {},
                          [&](const std::string& path) {
                              shown = read(path);
                              on_shown();
                              return has_desktop;
                          }};
        words.insert(words.begin(), "open");
        words.insert(words.end(), {"--data-dir", temp.path().string()});
        const int code = run(words, {}, terminal);
        return {code, out.str(), err.str()};
    }
    std::filesystem::path file() const { return temp.path() / "run" / "page.html"; }
    static std::string read(const std::filesystem::path& path) {
        std::ostringstream out;
        out << std::ifstream(path).rdbuf();
        return out.str();
    }
    static std::string code_in(const std::string& text) {
        const std::size_t at = text.find("#code=");
        return at == std::string::npos ? "" : text.substr(at + 6, 64);
    }
};

TEST_CASE_FIXTURE(DoorNode,
                  "open --print names a file that only its owner reads, with a fresh code") {
    const Outcome first = open({"--print"});
    REQUIRE(first.code == exit_ok);
    CHECK(first.out == file().string() + "\n");
    CHECK((std::filesystem::status(file()).permissions() & std::filesystem::perms::all) ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    const std::string code = code_in(read(file()));
    CHECK(code.size() == 64);
    REQUIRE(open({"--print"}).code == exit_ok);
    CHECK(code_in(read(file())) != code);
    const Outcome json = open({"--print", "--json"});
    CHECK(json.out.find(code_in(read(file()))) == std::string::npos);
    CHECK(json.out.find("\"url\":\"http://127.0.0.1:") != std::string::npos);
}

TEST_CASE_FIXTURE(DoorNode, "a link in the file's place is removed and not followed") {
    const std::filesystem::path target = temp.path() / "target";
    std::ofstream(target) << "mine";
    std::filesystem::create_symlink(target, file());
    CHECK(open({"--print"}).code == exit_ok);
    CHECK(read(target) == "mine");
    CHECK_FALSE(std::filesystem::is_symlink(file()));
}

TEST_CASE_FIXTURE(DoorNode, "a browser is given the file, which goes once the code is of no use") {
    on_shown = [this] { CHECK(Client(temp.path()).ask("DELETE", "/v1/page").has_value()); };
    const Outcome outcome = open({});
    CHECK(outcome.code == exit_ok);
    CHECK(outcome.out.starts_with("The page is at http://127.0.0.1:"));
    CHECK(outcome.out.find(code_in(shown)) == std::string::npos);
    CHECK(code_in(shown).size() == 64);
    CHECK_FALSE(std::filesystem::exists(file()));
}

TEST_CASE_FIXTURE(DoorNode, "without a desktop no file stays, and the way out is named") {
    const Outcome outcome = open({}, false);
    CHECK(outcome.code == exit_failed);
    CHECK(outcome.err.find("hearsay open --print") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(file()));
}

TEST_CASE_FIXTURE(DoorNode, "open --close logs everybody out and takes the file away") {
    CHECK(open({"--print"}).code == exit_ok);
    const Outcome outcome = open({"--close"});
    CHECK(outcome.code == exit_ok);
    CHECK_FALSE(std::filesystem::exists(file()));
    CHECK(open({"--close", "--json"}).out.find("\"open\":false") != std::string::npos);
    CHECK(open({"--close", "--print"}).code == exit_usage);
}

TEST_CASE("without a node there is nothing to open") {
    api::TempDir temp;
    CHECK(run_in(temp.path(), {"open", "--print"}).code == exit_not_running);
    CHECK_FALSE(std::filesystem::exists(temp.path() / "run" / "page.html"));
}

}  // namespace
}  // namespace hearsay::app::cli
