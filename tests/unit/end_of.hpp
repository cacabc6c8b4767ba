// unit/end_of.hpp - how a process ends that does something, for tests of what ends one.
#pragma once

#include <array>
#include <csignal>
#include <cstdlib>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include <doctest/doctest.h>

namespace hearsay::test {

struct End {
    int code = -1;  // -1: it did not exit by itself
    std::string said;
};

// What became of a process of its own that does this, and what it wrote to standard error.
template <class Work>
End end_of(Work work) {
    std::array<int, 2> pipe{};
    REQUIRE(::pipe(pipe.data()) == 0);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        // doctest's own handlers would report the death of the copy.
        for (const int signal : {SIGABRT, SIGSEGV, SIGTERM}) std::signal(signal, SIG_DFL);
        ::dup2(pipe[1], STDERR_FILENO);
        ::close(pipe[0]);
        work();
        std::_Exit(0);
    }
    ::close(pipe[1]);
    End out;
    std::array<char, 256> part{};
    for (ssize_t got = 0; (got = ::read(pipe[0], part.data(), part.size())) > 0;)
        out.said.append(part.data(), static_cast<std::size_t>(got));
    ::close(pipe[0]);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    if (WIFEXITED(status)) out.code = WEXITSTATUS(status);
    return out;
}

}  // namespace hearsay::test
