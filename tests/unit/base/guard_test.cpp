// base/guard.hpp: how a process ends when an exception comes where none may pass.
#include "base/guard.hpp"

#include <functional>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <unistd.h>

#include <doctest/doctest.h>

#include "unit/end_of.hpp"

using namespace hearsay;
using test::End;
using test::end_of;

TEST_CASE("what guarded work returns is returned") {
    CHECK(base::guarded("a test", [] { return 42; }) == 42);
    int done = 0;
    base::guarded("a test", [&] { ++done; });
    CHECK(done == 1);
}

TEST_CASE("an exception out of guarded work ends the process with one line and its exit code") {
    const End memory = end_of([] { base::guarded("a turn", [] { throw std::bad_alloc(); }); });
    CHECK(memory.code == base::exit_by_exception);
    CHECK(memory.said == "hearsay: ended by an exception in a turn: std::bad_alloc\n");
    const End other =
        end_of([] { base::guarded("a link", [] { throw std::out_of_range("no such place"); }); });
    CHECK(other.code == base::exit_by_exception);
    CHECK(other.said == "hearsay: ended by an exception in a link: no such place\n");
    const End odd = end_of([] { base::guarded("a link", [] { throw 7; }); });
    CHECK(odd.code == base::exit_by_exception);
    CHECK(odd.said ==
          "hearsay: ended by an exception in a link: something that is no std::exception\n");
}

TEST_CASE("who has a better place for the last words says them there, and only there") {
    const End said = end_of([] {
        base::set_last_words([](const char* line) {
            const std::string text = "log: " + std::string(line) + "\n";
            return ::write(STDERR_FILENO, text.data(), text.size()) > 0;
        });
        base::guarded("a turn", [] { throw std::bad_alloc(); });
    });
    CHECK(said.code == base::exit_by_exception);
    CHECK(said.said == "log: ended by an exception in a turn: std::bad_alloc\n");
}

TEST_CASE("last words that cannot be said are said to standard error") {
    const End memory = end_of([] {
        base::set_last_words([](const char*) -> bool { throw std::bad_alloc(); });
        base::guarded("a turn", [] { throw std::bad_alloc(); });
    });
    CHECK(memory.code == base::exit_by_exception);
    CHECK(memory.said == "hearsay: ended by an exception in a turn: std::bad_alloc\n");
}

TEST_CASE("an exception that nobody guards against ends the process in the same way") {
    const std::function<void()> throwing = [] { throw std::length_error("too long"); };
    const auto leave = [&]() noexcept { throwing(); };
    const End end = end_of([&] {
        base::end_on_unhandled_exceptions();
        std::thread([&] { leave(); }).join();
    });
    CHECK(end.code == base::exit_by_exception);
    CHECK(end.said ==
          "hearsay: ended by an exception in a function that may not throw: too long\n");
}
