#include "sandbox/helper.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <string>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "sandbox/message.hpp"

namespace {

using namespace hearsay;
using sandbox::Confinement;

std::unique_ptr<sandbox::Helper> started(Confinement how = Confinement::without_programs) {
    auto made = sandbox::Helper::start(HEARSAY_TEST_HELPER_NODE, how);
    REQUIRE_MESSAGE(made, made.error().text);
    return std::move(*made);
}

struct Tor {
    base::UniqueFd null{open("/dev/null", O_RDONLY | O_CLOEXEC)};
    base::UniqueFd directory{open("/tmp", O_PATH | O_DIRECTORY | O_CLOEXEC)};
    base::UniqueFd log, log_of_tor, control, control_of_tor;

    Tor() {
        int pair[2];
        REQUIRE(pipe2(pair, O_CLOEXEC) == 0);
        log.reset(pair[0]);
        log_of_tor.reset(pair[1]);
        REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
        control.reset(pair[0]);
        control_of_tor.reset(pair[1]);
    }
    base::Result<pid_t> start(sandbox::Helper& helper) {
        auto pid =
            helper.start_tor({null.get(), log_of_tor.get(), control_of_tor.get(), directory.get()});
        log_of_tor.reset();
        control_of_tor.reset();
        return pid;
    }
    std::string said() const {
        std::string out;
        char byte = 0;
        while (read(log.get(), &byte, 1) == 1 && byte != '\n') out += byte;
        return out;
    }
};

}  // namespace

TEST_CASE("Tor becomes the node's own child, with four descriptors and no more") {
    const auto helper = started();
    for (int again = 0; again < 3; ++again) {  // as often as it takes
        Tor tor;
        const auto pid = tor.start(*helper);
        REQUIRE_MESSAGE(pid, pid.error().text);
        const std::string me = std::to_string(getpid());
        CHECK(tor.said() == "4 " + me + " confined parent " + me + " directory");
        tor.control.reset();
        int status = 0;
        REQUIRE(waitpid(*pid, &status, 0) == *pid);
        CHECK(WEXITSTATUS(status) == 7);
    }
}

TEST_CASE("how Tor is confined was said when the helper began") {
    for (const Confinement how : {Confinement::none, Confinement::with_transports}) {
        const auto helper = started(how);
        Tor tor;
        const auto pid = tor.start(*helper);
        REQUIRE(pid);
        CHECK(tor.said().find(" " + std::string(sandbox::word_of(how)) + " ") != std::string::npos);
        tor.control.reset();
        waitpid(*pid, nullptr, 0);
    }
}

TEST_CASE("a port comes with its sockets, or with the reason") {
    const auto helper = started();
    auto bound = helper->bind_loopback(8080);
    REQUIRE(bound);
    CHECK(bound->port == 8080);
    REQUIRE(bound->sockets.size() == 2);
    CHECK(fcntl(bound->sockets[1].get(), F_GETFD) == FD_CLOEXEC);
    bound = helper->bind_loopback(1);
    REQUIRE_FALSE(bound);
    CHECK(bound.error() == base::Error{base::ErrorCode::conflict, "somebody has it"});
    bound = helper->bind_loopback(2);
    REQUIRE_FALSE(bound);
    CHECK(bound.error().text.size() == sandbox::message_text_max);
}

TEST_CASE("a helper that is gone is said, and nobody waits for it") {
    const auto helper = started();
    REQUIRE(helper->bind_loopback(8080));
    kill(helper->pid(), SIGKILL);
    Tor tor;
    const auto pid = tor.start(*helper);
    REQUIRE_FALSE(pid);
    CHECK(pid.error().code == base::ErrorCode::unavailable);
    CHECK_FALSE(helper->bind_loopback(8080));
}

TEST_CASE("signals for the node do not end its helper, and the node's end does") {
    auto helper = started();
    REQUIRE(helper->bind_loopback(8080));
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) kill(helper->pid(), number);
    CHECK(helper->bind_loopback(8080));
    const pid_t pid = helper->pid();
    helper.reset();  // waits
    CHECK(kill(pid, 0) != 0);
}

TEST_CASE("signals for the node do not end a helper either that has hardly begun") {
    for (int again = 0; again < 20; ++again) {
        const auto helper = started();
        for (const int number : {SIGINT, SIGTERM, SIGHUP}) kill(helper->pid(), number);
        CHECK(helper->bind_loopback(8080));
    }
}

TEST_CASE("a helper answers what it does not know, and goes on") {
    int pair[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0);
    const base::UniqueFd one(pair[0]), other(pair[1]);
    CHECK(sandbox::send(one.get(), {7, -1, "x"}));
    const auto got = sandbox::receive(other.get());
    REQUIRE(got);
    CHECK(got->kind == 7);
    CHECK(got->value == -1);
    CHECK(got->text == "x");
    CHECK(::send(one.get(), "abc", 3, 0) == 3);  // shorter than a message is
    CHECK_FALSE(sandbox::receive(other.get()));
    const std::string long_text(sandbox::message_text_max + 100, 'y');
    CHECK(::send(one.get(), long_text.data(), long_text.size(), 0) > 0);
    CHECK_FALSE(sandbox::receive(other.get()));
    sandbox::Message many;
    for (std::size_t i = 0; i <= sandbox::message_fds_max; ++i) many.fds.emplace_back(dup(0));
    CHECK_FALSE(sandbox::send(one.get(), many));
}

TEST_CASE("who is no node's helper says so") {
    char program[] = "hearsayd", command[] = "helper", parent[] = "1", how[] = "confined";
    char* arguments[] = {program, command, parent, how, nullptr};
    CHECK(sandbox::run_helper(2, arguments, "tor-child", {}) == 2);
    char wrong[] = "anything";
    arguments[3] = wrong;
    CHECK(sandbox::run_helper(4, arguments, "tor-child", {}) == 2);
}
