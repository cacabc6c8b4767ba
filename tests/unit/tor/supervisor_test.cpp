// With a real Tor that connects nowhere (DisableNetwork), in a child of the test's own tor_node.
#include "tor/supervisor.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <doctest/doctest.h>
#include <event2/event.h>

#include "base/encoding.hpp"

namespace {

using namespace hearsay;
using namespace std::chrono_literals;
using std::chrono::steady_clock;
using tor::ProcessState;
using tor::Status;

constexpr auto patience = 30s;

// RFC 8032 section 7.1, test 1: SHA-512 of the seed, clamped, and the public key.
tor::OnionKey example_key() {
    tor::OnionKey key;
    const auto expanded = base::from_hex(
        "307c83864f2833cb427a2ef1c00a013cfdff2768d980c0a3a520f006904de94f"
        "9b4f0afe280b746a778684e75442502057b7473a03f08f96f5a38e9287e01f8f");
    const auto open =
        base::from_hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    REQUIRE(expanded);
    REQUIRE(open);
    std::copy(expanded->begin(), expanded->end(), key.expanded.begin());
    std::copy(open->begin(), open->end(), key.public_key.begin());
    key.address = "25njqamcweflpvkl73j4szahhihoc4xt3ktcgjnpaingr5yhkenl5sid.onion";
    return key;
}

bool is_alive(pid_t pid) {
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string text((std::istreambuf_iterator<char>(stat)), {});
    const std::size_t end = text.rfind(')');
    return end != std::string::npos && text.size() > end + 2 && text[end + 2] != 'Z';
}

// No Unix-domain server behind it: no connection.
bool connects(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    REQUIRE(path.size() < sizeof address.sun_path);
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool connected =
        ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(fd);
    return connected;
}

struct Fixture {
    Fixture() { REQUIRE(::mkdtemp(top.data()) != nullptr); }
    ~Fixture() {
        supervisor.reset();
        event_base_free(loop);
        std::filesystem::remove_all(top);
    }

    tor::SupervisorSettings settings(const std::string& directory) const {
        tor::SupervisorSettings out;
        out.data_directory = directory;
        out.network_enabled = false;
        out.executable = HEARSAY_TEST_TOR_NODE;
        out.backoff = {.first = 50ms, .longest = 400ms, .well = 60s};
        return out;
    }
    void supervise(tor::SupervisorSettings with) {
        auto made = tor::Supervisor::create(
            loop, std::move(with),
            {[this](const Status& status) { seen.push_back(status); },
             [this](base::LogLevel, std::string_view line) { log.emplace_back(line); }});
        REQUIRE_MESSAGE(made, (made ? "" : made.error().text));
        supervisor = std::move(*made);
    }
    template <class Condition>
    bool run_until(Condition&& holds) {
        const auto deadline = steady_clock::now() + patience;
        while (!holds()) {
            if (steady_clock::now() > deadline) return false;
            const timeval turn{.tv_sec = 0, .tv_usec = 20'000};
            event_base_loopexit(loop, &turn);
            event_base_loop(loop, EVLOOP_ONCE);
        }
        return true;
    }
    bool run_until_state(ProcessState state) {
        return run_until([&] { return supervisor->status().process == state; });
    }
    std::string all_log() const {
        std::string out;
        for (const std::string& line : log) out += line + "\n";
        return out;
    }

    std::string top = (std::filesystem::temp_directory_path() / "hearsay-tor.XXXXXX").string();
    event_base* loop = event_base_new();
    std::vector<Status> seen;
    std::vector<std::string> log;
    std::unique_ptr<tor::Supervisor> supervisor;
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "Tor starts, answers, and ends in order when it is stopped") {
    supervise(settings(top));
    supervisor->start();
    CHECK(supervisor->status().process == ProcessState::starting);
    REQUIRE_MESSAGE(run_until_state(ProcessState::running), all_log());
    const pid_t child = supervisor->child_pid();
    CHECK(is_alive(child));
    supervisor->stop();
    CHECK(supervisor->status().process == ProcessState::stopping);
    REQUIRE(run_until_state(ProcessState::stopped));
    CHECK_MESSAGE(all_log().find("Owning controller connection has closed") != std::string::npos,
                  "was killed rather than asked");
    CHECK_FALSE(is_alive(child));
    CHECK(supervisor->child_pid() == 0);
    CHECK(all_log().find("Tor 0.4") != std::string::npos);
}

TEST_CASE_FIXTURE(
    Fixture, "a data directory of more than 200 characters works, with our onion key and sockets") {
    const std::string directory = top + "/" + std::string(200, 'd') + " \"q";
    std::filesystem::create_directory(directory);
    tor::SupervisorSettings with = settings(directory);
    with.onion = example_key();
    // Tor writes the right one over it once it has read the key
    with.onion->address = "not-yet-known.onion";
    supervise(with);
    CHECK(supervisor->onion_path().size() < 108);
    CHECK(std::filesystem::is_directory(directory + "/run"));
    supervisor->start();
    REQUIRE_MESSAGE(run_until_state(ProcessState::running), all_log());
    // Tor opens its listeners only once its network is on; that it took the configuration is seen
    // here.
    std::ifstream hostname(directory + "/tor/onion/hostname");
    std::string address;
    std::getline(hostname, address);
    CHECK(address == example_key().address);
    CHECK(all_log().find("[warn]") == std::string::npos);
}

TEST_CASE_FIXTURE(Fixture,
                  "with its network on, Tor's SOCKS socket is reachable through the short path") {
    const std::string directory = top + "/" + std::string(200, 'd');
    std::filesystem::create_directory(directory);
    tor::SupervisorSettings with = settings(directory);
    with.network_enabled = true;
    // An authority that nobody runs, on loopback: nothing leaves this machine.
    with.extra = {
        {"TestingTorNetwork", "1"},
        {"DirAuthority",
         "none orport=1 no-v2 v3ident=0123456789ABCDEF0123456789ABCDEF01234567 127.0.0.1:1 "
         "0123456789ABCDEF0123456789ABCDEF01234568"}};
    supervise(with);
    supervisor->start();
    REQUIRE_MESSAGE(run_until_state(ProcessState::running), all_log());
    CHECK(supervisor->socks_path().size() < 108);
    CHECK_MESSAGE(run_until([&] { return connects(supervisor->socks_path()); }), all_log());
    struct stat info{};
    REQUIRE(::stat((directory + "/run").c_str(), &info) == 0);
    CHECK((info.st_mode & 07777) == 0700);
}

TEST_CASE_FIXTURE(Fixture, "a Tor that was killed is started again, with the reason told") {
    supervise(settings(top));
    supervisor->start();
    REQUIRE_MESSAGE(run_until_state(ProcessState::running), all_log());
    const pid_t first = supervisor->child_pid();
    ::kill(first, SIGKILL);
    REQUIRE(run_until([&] { return supervisor->status().starts == 2; }));
    REQUIRE(run_until_state(ProcessState::running));
    CHECK(supervisor->child_pid() != first);
    const bool told = std::any_of(seen.begin(), seen.end(), [](const Status& status) {
        return status.process == ProcessState::waiting &&
               status.reason.find("killed by signal 9") != std::string::npos;
    });
    CHECK(told);
}

TEST_CASE_FIXTURE(Fixture,
                  "a configuration that Tor refuses is told in its words and tried again later") {
    tor::SupervisorSettings with = settings(top);
    with.extra = {{"EntryNodes", "not a node"}};
    supervise(with);
    supervisor->start();
    REQUIRE_MESSAGE(run_until_state(ProcessState::failed), all_log());
    CHECK_MESSAGE(supervisor->status().reason.find("EntryNodes") != std::string::npos,
                  supervisor->status().reason);
    CHECK(run_until([&] { return supervisor->status().starts >= 2; }));
}

TEST_CASE_FIXTURE(Fixture, "a program that cannot be run is a failure with a reason") {
    tor::SupervisorSettings with = settings(top);
    with.executable = "/nonexistent/hearsayd";
    supervise(with);
    supervisor->start();
    CHECK(supervisor->status().process == ProcessState::failed);
    CHECK(supervisor->status().reason.find("No such file") != std::string::npos);
    supervisor->stop();
    CHECK(supervisor->status().process == ProcessState::stopped);
}

TEST_CASE_FIXTURE(Fixture, "stopped and started again at once, Tor runs anew") {
    supervise(settings(top));
    supervisor->start();
    REQUIRE_MESSAGE(run_until_state(ProcessState::running), all_log());
    supervisor->stop();
    supervisor->start();
    REQUIRE(run_until([&] { return supervisor->status().starts == 2; }));
    CHECK(run_until_state(ProcessState::running));
}

TEST_CASE_FIXTURE(Fixture,
                  "failures are forgotten at most once in a while, and only by a Tor that runs") {
    tor::SupervisorSettings with = settings(top);
    with.forget_pause = 1h;
    supervise(with);
    CHECK_FALSE(supervisor->forget_failures());
    supervisor->start();
    REQUIRE_MESSAGE(run_until_state(ProcessState::running), all_log());
    CHECK(supervisor->forget_failures());
    CHECK_FALSE(supervisor->forget_failures());
}

TEST_CASE_FIXTURE(Fixture, "a Tor that does not answer is replaced") {
    tor::SupervisorSettings with = settings(top);
    with.answer_max = 1s;
    supervise(with);
    supervisor->start();
    // Frozen before it can answer: nothing but the supervisor's clock will notice.
    ::kill(supervisor->child_pid(), SIGSTOP);
    REQUIRE(run_until([&] { return supervisor->status().starts >= 2; }));
    const bool told = std::any_of(seen.begin(), seen.end(), [](const Status& status) {
        return status.reason.find("did not answer") != std::string::npos;
    });
    CHECK(told);
}

TEST_CASE_FIXTURE(Fixture,
                  "a Tor that is stuck while nobody asks it anything is said and replaced") {
    tor::SupervisorSettings with = settings(top);
    with.alive_every = 100ms;
    with.alive_late = 200ms;
    with.alive_max = 1s;
    supervise(with);
    supervisor->start();
    REQUIRE_MESSAGE(run_until_state(ProcessState::running), all_log());
    const pid_t first = supervisor->child_pid();
    CHECK(supervisor->status().answers);
    ::kill(first, SIGSTOP);
    REQUIRE(run_until([&] { return !supervisor->status().answers; }));
    CHECK(supervisor->status().process == ProcessState::running);
    REQUIRE(run_until([&] { return supervisor->status().starts == 2; }));
    REQUIRE(run_until_state(ProcessState::running));
    CHECK(supervisor->status().answers);
    CHECK(supervisor->child_pid() != first);
    CHECK(std::ranges::any_of(seen, [](const Status& status) {
        return status.process == ProcessState::waiting &&
               status.reason.find("did not answer") != std::string::npos;
    }));
}

TEST_CASE_FIXTURE(Fixture, "a Tor that stops for a moment is left alone") {
    tor::SupervisorSettings with = settings(top);
    with.alive_every = 50ms;
    with.alive_late = 100ms;
    supervise(with);
    supervisor->start();
    REQUIRE_MESSAGE(run_until_state(ProcessState::running), all_log());
    const pid_t first = supervisor->child_pid();
    ::kill(first, SIGSTOP);
    REQUIRE(run_until([&] { return !supervisor->status().answers; }));
    ::kill(first, SIGCONT);
    REQUIRE(run_until([&] { return supervisor->status().answers; }));
    CHECK(supervisor->child_pid() == first);
    CHECK(supervisor->status().starts == 1);
}

TEST_CASE_FIXTURE(Fixture, "the supervisor's end is Tor's end") {
    supervise(settings(top));
    supervisor->start();
    REQUIRE_MESSAGE(run_until_state(ProcessState::running), all_log());
    const pid_t child = supervisor->child_pid();
    supervisor.reset();
    CHECK_FALSE(is_alive(child));
}

TEST_CASE_FIXTURE(Fixture, "the kill of a node leaves no Tor behind") {
    int out[2];
    REQUIRE(::pipe2(out, O_CLOEXEC) == 0);
    const pid_t node = ::fork();
    if (node == 0) {
        ::dup2(out[1], STDOUT_FILENO);
        ::execl(HEARSAY_TEST_TOR_NODE, HEARSAY_TEST_TOR_NODE, top.c_str(), nullptr);
        ::_exit(127);
    }
    ::close(out[1]);
    FILE* lines = ::fdopen(out[0], "r");
    char line[128];
    pid_t child = 0;
    while (child == 0 && std::fgets(line, sizeof line, lines) != nullptr)
        if (std::strncmp(line, "running ", 8) == 0) child = static_cast<pid_t>(std::atoi(line + 8));
    REQUIRE(child > 0);
    CHECK(is_alive(child));
    ::kill(node, SIGKILL);
    CHECK(::waitpid(node, nullptr, 0) == node);
    CHECK(run_until([&] { return !is_alive(child); }));
    std::fclose(lines);
}

TEST_CASE("a relative data directory is refused") {
    event_base* loop = event_base_new();
    tor::SupervisorSettings settings;
    settings.data_directory = "data";
    const auto made = tor::Supervisor::create(loop, settings, {});
    REQUIRE_FALSE(made);
    CHECK(made.error().code == base::ErrorCode::invalid);
    event_base_free(loop);
}
