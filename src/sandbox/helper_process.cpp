#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/filter.hpp"
#include "sandbox/helper.hpp"
#include "sandbox/message.hpp"
#include "sandbox/questions.hpp"

namespace hearsay::sandbox {
namespace {

constexpr std::size_t tor_fds = 4;

int refuse(const char* why) {
    std::fprintf(stderr, "helper: %s\n", why);
    return 2;
}

bool is_socket(int fd) {
    struct stat info{};
    return fstat(fd, &info) == 0 && S_ISSOCK(info.st_mode);
}

// One that was held until now is gone with that.
void ignore_what_ends_the_node() {
    sigset_t held;
    sigemptyset(&held);
    for (const int number : left_to_the_node) {
        std::signal(number, SIG_IGN);
        sigaddset(&held, number);
    }
    sigprocmask(SIG_UNBLOCK, &held, nullptr);
}

struct Start {
    std::array<int, tor_fds> fds;  // null, log, control, directory; all above those that Tor has
    int failed;                    // takes the reason when it becomes no Tor
    char* const* arguments;
};

// In the new process.
int become_tor(void* given) {
    const Start& start = *static_cast<const Start*>(given);
    for (const int number : left_to_the_node) std::signal(number, SIG_DFL);
    const auto [null, log, control, directory] = start.fds;
    if (dup2(null, 0) == 0 && dup2(log, 1) == 1 && dup2(log, 2) == 2 && dup2(control, 3) == 3 &&
        dup2(directory, 4) == 4)
        execve("/proc/self/exe", start.arguments, environ);
    const int reason = errno;
    if (write(start.failed, &reason, sizeof reason) != sizeof reason) _exit(126);
    _exit(127);
}

// A child of our parent's, so the node sees it end. The stack is the copy's own: nothing is shared.
pid_t make_sibling(Start& start) {
    alignas(64) static std::array<char, 64 * 1024> stack;
    return clone(become_tor, stack.data() + stack.size(), CLONE_PARENT | SIGCHLD, &start);
}

Message start_tor(const Message& question, char* const* arguments) {
    if (question.fds.size() != tor_fds) return {EINVAL, 0};
    std::vector<base::UniqueFd> high;
    Start start{{}, -1, arguments};
    for (std::size_t i = 0; i < tor_fds; ++i) {
        high.emplace_back(fcntl(question.fds[i].get(), F_DUPFD_CLOEXEC, 16));
        if (!high.back()) return {errno, 0};
        start.fds[i] = high.back().get();
    }
    int pair[2];
    if (pipe2(pair, O_CLOEXEC) != 0) return {errno, 0};
    const base::UniqueFd reasons(pair[0]);
    base::UniqueFd failed(fcntl(pair[1], F_DUPFD_CLOEXEC, 16));
    close(pair[1]);
    if (!failed) return {errno, 0};
    start.failed = failed.get();
    const pid_t pid = make_sibling(start);
    if (pid < 0) return {errno, 0};
    failed.reset();
    int reason = 0;
    ssize_t got = -1;
    do got = read(reasons.get(), &reason, sizeof reason);  // ends when Tor's program has begun
    while (got < 0 && errno == EINTR);
    if (got == sizeof reason) return {reason == 0 ? EIO : reason, pid};
    return {0, pid};
}

Message bind_loopback(const Message& question, const Bind& bind) {
    if (question.value < 0 || question.value > 65535)
        return {questions::is_not_to_be_had, 0, "no such port"};
    base::Result<Bound> bound = bind(static_cast<std::uint16_t>(question.value));
    if (!bound)
        return {bound.error().code == base::ErrorCode::conflict ? questions::is_taken
                                                                : questions::is_not_to_be_had,
                0, bound.error().text};
    return {0, bound->port, {}, std::move(bound->sockets)};
}

}  // namespace

bool is_helper(int argc, char** argv) {
    return argc >= 2 && helper_command == argv[1];
}

int run_helper(int argc, char** argv, const std::string& tor_command, const Bind& bind) {
    const auto how = argc == 4 ? confinement_of(argv[3]) : std::nullopt;
    if (!how) return refuse("this command is for hearsayd itself");
    const long parent = std::strtol(argv[2], nullptr, 10);
    if (parent < 1 || !is_socket(helper_fd)) return refuse("this command is for hearsayd itself");
    // As tor/child.cpp: first the order, then the look.
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return refuse("cannot bind to the parent's life");
    if (getppid() != parent) return refuse("the parent is gone");
    ignore_what_ends_the_node();
    // The node has forbidden what this hands it back, so it keeps nothing else of the node's.
    if (close_range(helper_fd + 1, ~0U, 0) != 0) return refuse("cannot close descriptors");
    // What the kernel does not take, the node says, who tries the same.
    if (*how != Confinement::none) (void)confine(Confined::helper);

    std::string name = "hearsayd", command = tor_command, node(argv[2]), word(word_of(*how));
    char* const arguments[] = {name.data(), command.data(), node.data(), word.data(), nullptr};
    while (const std::optional<Message> question = receive(helper_fd)) {  // until the node is gone
        Message answer{EINVAL, 0};
        if (question->kind == questions::start_tor) answer = start_tor(*question, arguments);
        if (question->kind == questions::bind_loopback) answer = bind_loopback(*question, bind);
        if (!send(helper_fd, answer)) break;
    }
    return 0;
}

}  // namespace hearsay::sandbox
