#include "base/error.hpp"

#include <csignal>
#include <set>
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "base/ensure.hpp"
#include "base/fault.hpp"

using namespace hearsay::base;

TEST_CASE("a failure carries its code and its sentence") {
    const Result<int> failed = fail(ErrorCode::conflict, "somebody else holds the lock");
    REQUIRE_FALSE(failed);
    CHECK(failed.error() == Error{ErrorCode::conflict, "somebody else holds the lock"});
}

TEST_CASE("every error code has a name of its own") {
    std::set<std::string_view> names;
    for (int code = 0; code <= static_cast<int>(ErrorCode::io); ++code)
        names.insert(name(static_cast<ErrorCode>(code)));
    CHECK(names.size() == static_cast<std::size_t>(ErrorCode::io) + 1);
    CHECK(name(ErrorCode::not_found) == "not_found");
    CHECK(name(ErrorCode::io) == "io");
}

TEST_CASE("every fault has a name of its own") {
    std::set<std::string_view> names;
    for (std::size_t at = 0; at < fault_count; ++at) names.insert(name(static_cast<Fault>(at)));
    CHECK(names.size() == fault_count);
    CHECK(name(Fault::item_bad_signature) == "item_bad_signature");
    CHECK(name(Fault::too_many_requests) == "too_many_requests");
    CHECK(name(Fault::frame_too_long) == "frame_too_long");
}

TEST_CASE("lateness costs nothing, forgery costs the link") {
    CHECK(cost(Fault::item_expired) == Cost::nothing);
    CHECK(cost(Fault::frame_truncated) == Cost::nothing);
    CHECK(cost(Fault::item_bad_signature) == Cost::link);
    CHECK(cost(Fault::wrong_key) == Cost::link);
}

TEST_CASE("ENSURE ends the process at once when it does not hold, and only then") {
    ENSURE(1 + 1 == 2, "arithmetic holds");
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        std::signal(SIGABRT, SIG_DFL);
        if (!std::freopen("/dev/null", "w", stderr)) _exit(1);
        ENSURE(1 + 1 == 3, "arithmetic is broken on purpose");
        _exit(0);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGABRT);
}
