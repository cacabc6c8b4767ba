#include "app/cli/run_program.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/unique_fd.hpp"

namespace hearsay::app::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int cannot_run = 127;
constexpr int look_every_ms = 20;

// In the child: nothing that a signal handler may not do either.
[[noreturn]] void become(const char* file, int input) {
    setpgid(0, 0);
    dup2(input, STDIN_FILENO);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    char* const arguments[] = {const_cast<char*>(file), nullptr};
    execv(file, arguments);
    _exit(cannot_run);
}

// As much as it takes at once; true when all is given, or it takes no more.
bool give(int fd, std::string_view& input) {
    while (!input.empty()) {
        const ssize_t sent = send(fd, input.data(), input.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) {
            input.remove_prefix(static_cast<std::size_t>(sent));
            continue;
        }
        if (sent < 0 && errno == EINTR) continue;
        return !(sent < 0 && errno == EAGAIN);
    }
    return true;
}

std::optional<std::string> verdict(int status, const std::string& file) {
    if (WIFSIGNALED(status))
        return file + " was ended by signal " + std::to_string(WTERMSIG(status));
    const int code = WEXITSTATUS(status);
    if (code == 0) return std::nullopt;
    if (code == cannot_run) return file + " cannot be run, or ended with 127";
    return file + " ended with " + std::to_string(code);
}

}  // namespace

std::optional<std::string> run_program(const std::string& file, std::string_view input,
                                       std::chrono::seconds most) {
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return std::string("no socket for it: ") + std::strerror(errno);
    base::UniqueFd ours(ends[0]);
    base::UniqueFd theirs(ends[1]);
    const pid_t child = fork();
    if (child < 0) return std::string("no process for it: ") + std::strerror(errno);
    if (child == 0) become(file.c_str(), theirs.get());
    setpgid(child, child);  // whoever is first
    theirs.reset();
    const Clock::time_point deadline = Clock::now() + most;
    for (;;) {  // ends with the child, which the deadline ends
        if (ours.valid() && give(ours.get(), input)) ours.reset();
        int status = 0;
        const pid_t ended = waitpid(child, &status, WNOHANG);
        if (ended == child) return verdict(status, file);
        if (ended < 0 && errno != EINTR) return std::string(std::strerror(errno));
        if (Clock::now() >= deadline) {
            kill(-child, SIGKILL);
            while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
            return file + " took longer than " + std::to_string(most.count()) + " s and was ended";
        }
        poll(nullptr, 0, look_every_ms);
    }
}

}  // namespace hearsay::app::cli
