#include "app/signals.hpp"

#include <array>
#include <csignal>
#include <thread>
#include <unistd.h>

#include <doctest/doctest.h>

#include "net/loop.hpp"
#include "unit/end_of.hpp"

namespace {

using namespace hearsay;
namespace signals = app::signals;

// As a process begins: nothing is held.
template <class Work>
int end_of_fresh(Work work) {
    return test::end_of([&] {
               sigset_t none;
               sigemptyset(&none);
               sigprocmask(SIG_SETMASK, &none, nullptr);
               std::signal(SIGINT, SIG_DFL);
               work();
           })
        .code;
}

constexpr int went_on = 7;

}  // namespace

TEST_CASE("before anything lasts SIGINT and SIGTERM end the process at once, with 0") {
    for (const int signal : {SIGINT, SIGTERM})
        CHECK(end_of_fresh([&] {
                  signals::end_at_once();
                  raise(signal);
                  _exit(went_on);
              }) == 0);
}

TEST_CASE("what is held ends nobody, and is seen to wait") {
    for (const int signal : {SIGINT, SIGTERM})
        CHECK(end_of_fresh([&] {
                  signals::end_at_once();
                  signals::hold();
                  if (signals::end_is_asked()) _exit(1);
                  kill(getpid(), signal);
                  _exit(signals::end_is_asked() ? went_on : 2);
              }) == went_on);
    CHECK(end_of_fresh([] {
              signals::hold();
              kill(getpid(), SIGHUP);
              _exit(signals::end_is_asked() ? 1 : went_on);  // it ends nothing
          }) == went_on);
}

TEST_CASE("who waits for input waits for the end of the process, too") {
    CHECK(end_of_fresh([] {
              signals::hold();
              std::array<int, 2> pipe{};
              if (::pipe(pipe.data()) != 0 || write(pipe[1], "x", 1) != 1) _exit(1);
              if (!signals::wait_for_input(pipe[0])) _exit(2);
              char byte = 0;
              if (read(pipe[0], &byte, 1) != 1) _exit(3);
              std::thread other([] { kill(getpid(), SIGTERM); });
              const bool input = signals::wait_for_input(pipe[0]);
              other.join();
              _exit(input ? 4 : went_on);
          }) == went_on);
    CHECK(end_of_fresh([] {
              signals::hold();
              std::array<int, 2> pipe{};
              if (::pipe(pipe.data()) != 0) _exit(1);
              close(pipe[1]);
              _exit(signals::wait_for_input(pipe[0]) ? went_on : 2);  // the end of it is read
          }) == went_on);
}

TEST_CASE("a loop takes what came while it was held") {
    CHECK(end_of_fresh([] {
              signals::hold();
              kill(getpid(), SIGTERM);
              kill(getpid(), SIGHUP);
              net::Loop loop;
              int hangups = 0, stops = 0;
              const auto count = [&](int& one) {
                  ++one;
                  if (hangups + stops == 2) loop.stop();
              };
              loop.on_hangup([&] { count(hangups); });
              loop.on_stop_signal([&](int signal) {
                  if (signal == SIGTERM) count(stops);
              });
              net::Timer late(loop, [] { _exit(1); });
              late.arm(std::chrono::seconds(10));
              loop.run();
              if (hangups != 1 || stops != 1 || signals::end_is_asked()) _exit(2);
              // One that comes when the loop has ended waits again, and ends nobody.
              kill(getpid(), SIGINT);
              _exit(signals::end_is_asked() ? went_on : 3);
          }) == went_on);
}
