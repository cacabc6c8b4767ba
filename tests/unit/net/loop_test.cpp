#include "net/loop.hpp"

#include <csignal>
#include <ctime>
#include <new>
#include <stdexcept>
#include <thread>

#include <doctest/doctest.h>

#include "base/guard.hpp"
#include "net_support.hpp"
#include "unit/end_of.hpp"

using hearsay::base::Millis;
using hearsay::net::Loop;
using hearsay::net::now;
using hearsay::net::Timer;
using hearsay::net::test::wait_until;

TEST_CASE("what other threads post runs on the loop's thread, in order for each of them") {
    Loop loop;
    constexpr int each = 1000;
    std::vector<std::pair<int, int>> seen;
    const std::thread::id home = std::this_thread::get_id();
    std::vector<std::thread> posters;
    for (int poster = 0; poster < 4; ++poster)
        posters.emplace_back([&loop, &seen, poster, home] {
            for (int i = 0; i < each; ++i)
                loop.post([&seen, poster, i, home] {
                    if (std::this_thread::get_id() != home) FAIL_CHECK("on another thread");
                    seen.emplace_back(poster, i);
                });
        });
    CHECK(wait_until(loop, [&] { return seen.size() == 4 * each; }));
    for (std::thread& poster : posters) poster.join();
    std::array<int, 4> next{};
    for (const auto& [poster, i] : seen) CHECK(i == next[static_cast<std::size_t>(poster)]++);
}

TEST_CASE("a posted function never runs inside post, and may post again") {
    Loop loop;
    int runs = 0;
    loop.post([&] {
        ++runs;
        loop.post([&] { ++runs; });
        CHECK(runs == 1);
    });
    CHECK(runs == 0);
    CHECK(wait_until(loop, [&] { return runs == 2; }));
}

TEST_CASE("stop ends run, from another thread, from inside, and before it began") {
    Loop loop;
    bool ran = false;
    loop.stop();
    loop.post([&] { ran = true; });  // behind the stop, yet in the same turn
    loop.run();
    CHECK(ran);

    bool afterwards = false;
    Timer late(loop, [&] { afterwards = true; });
    loop.post([&] {
        loop.stop();
        late.arm(std::chrono::hours(1));
    });
    loop.run();
    CHECK(!afterwards);

    std::thread other([&] { loop.stop(); });
    loop.run();
    other.join();
    CHECK(!afterwards);
}

TEST_CASE("a timer fires once, not before its time, and again only when armed again") {
    Loop loop;
    int fired = 0;
    Timer timer(loop, [&] { ++fired; });
    const auto start = now().mono;
    timer.arm(Millis(30));
    REQUIRE(wait_until(loop, [&] { return fired == 1; }));
    CHECK(now().mono - start >= Millis(29));

    Timer later(loop, [&] { fired += 10; });
    later.arm(Millis(30));
    REQUIRE(wait_until(loop, [&] { return fired >= 10; }));
    CHECK(fired == 11);
    timer.arm(Millis(0));
    CHECK(wait_until(loop, [&] { return fired == 12; }));
    timer.arm(Millis(-5));
    CHECK(wait_until(loop, [&] { return fired == 13; }));
}

TEST_CASE("a cancelled timer does not fire and a moved one fires at its new time") {
    Loop loop;
    int cancelled = 0, moved = 0;
    bool over = false;
    Timer first(loop, [&] { ++cancelled; });
    Timer second(loop, [&] { ++moved; });
    Timer end(loop, [&] { over = true; });
    first.arm(Millis(10));
    first.cancel();
    second.arm(std::chrono::hours(1));
    second.arm(Millis(10));
    end.arm(Millis(60));
    REQUIRE(wait_until(loop, [&] { return over; }));
    CHECK(cancelled == 0);
    CHECK(moved == 1);
}

TEST_CASE("a timer may be destroyed while it is armed") {
    Loop loop;
    bool over = false;
    {
        Timer gone(loop, [] { FAIL("fired after its end"); });
        gone.arm(Millis(1));
    }
    Timer end(loop, [&] { over = true; });
    end.arm(Millis(30));
    CHECK(wait_until(loop, [&] { return over; }));
}

TEST_CASE("SIGTERM and SIGINT reach the handler instead of ending the process") {
    Loop loop;
    std::vector<int> signals;
    loop.on_stop_signal([&](int signal) { signals.push_back(signal); });
    std::raise(SIGTERM);
    REQUIRE(wait_until(loop, [&] { return signals.size() == 1; }));
    std::raise(SIGINT);
    REQUIRE(wait_until(loop, [&] { return signals.size() == 2; }));
    CHECK(signals == std::vector<int>{SIGTERM, SIGINT});
}

TEST_CASE("the clocks are the machine's, waiting counted through sleep") {
    timespec boot{};
    clock_gettime(CLOCK_BOOTTIME, &boot);
    const auto read = now();
    CHECK(std::abs(read.mono.time_since_epoch().count() -
                   (boot.tv_sec * 1000 + boot.tv_nsec / 1'000'000)) < 1000);
    CHECK(std::abs(hearsay::base::unix_seconds(read.wall) - std::time(nullptr)) <= 1);
}

TEST_CASE("an exception in what the loop runs ends the process, never the loop's own frames") {
    const auto posted = hearsay::test::end_of([] {
        Loop loop;
        loop.post([] { throw std::bad_alloc(); });
        loop.run();
    });
    CHECK(posted.code == hearsay::base::exit_by_exception);
    CHECK(posted.said == "hearsay: ended by an exception in the loop: std::bad_alloc\n");
    const auto timed = hearsay::test::end_of([] {
        Loop loop;
        Timer timer(loop, [] { throw std::out_of_range("no such place"); });
        timer.arm(Millis(0));
        loop.run();
    });
    CHECK(timed.code == hearsay::base::exit_by_exception);
    CHECK(timed.said == "hearsay: ended by an exception in a timer: no such place\n");
}
