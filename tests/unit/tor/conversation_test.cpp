#include "tor/conversation.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <doctest/doctest.h>
#include <event2/event.h>

namespace hearsay::tor {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

struct Fixture {
    struct FreeBase {
        void operator()(event_base* each) const { event_base_free(each); }
    };
    std::unique_ptr<event_base, FreeBase> loop{event_base_new()};
    int ends[2] = {-1, -1};
    std::string broken;
    int events = 0;
    std::unique_ptr<Conversation> conversation;

    Fixture() {
        REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
        conversation = std::make_unique<Conversation>(
            loop.get(), ends[0], 1000ms, [this](const ControlMessage&) { ++events; },
            [this](const std::string& why) { broken = why; });
        conversation->send("GETINFO version", [](const ControlMessage&) {});
    }
    ~Fixture() {
        conversation.reset();
        close(ends[0]);
        close(ends[1]);
    }
    // Runs the loop for so long, or until it is broken, with `act` every few milliseconds.
    template <class Act>
    void run(Clock::duration time, Act act) {
        const auto end = Clock::now() + time;
        while (Clock::now() < end && broken.empty()) {
            event_base_loop(loop.get(), EVLOOP_NONBLOCK);
            act();
            usleep(5000);
        }
    }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "who says nothing at all is given up") {
    run(10s, [] {});
    CHECK(broken == "Tor did not answer");
}

TEST_CASE_FIXTURE(
    Fixture, "who is slow to answer and says so is waited for, and given up once it falls silent") {
    run(2500ms, [this] { conversation->on_sign_of_life(); });
    CHECK(broken.empty());
    const std::string_view event = "650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=5\r\n";
    run(2500ms, [&] { std::ignore = ::write(ends[1], event.data(), event.size()); });
    CHECK(broken.empty());
    CHECK(events > 0);
    run(10s, [] {});
    CHECK(broken == "Tor did not answer");
}

}  // namespace hearsay::tor
