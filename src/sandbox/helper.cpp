#include "sandbox/helper.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include "sandbox/message.hpp"
#include "sandbox/questions.hpp"

namespace hearsay::sandbox {
namespace {

constexpr timeval answer_max{10, 0};

std::unexpected<base::Error> failure(const std::string& what, int reason) {
    return base::fail(base::ErrorCode::io, what + ": " + std::strerror(reason));
}

std::unexpected<base::Error> gone() {
    return base::fail(base::ErrorCode::unavailable,
                      "the helper process is gone, which starts Tor and opens ports: start the "
                      "node anew");
}

base::UniqueFd copy_of(int fd) {
    return base::UniqueFd(fcntl(fd, F_DUPFD_CLOEXEC, 16));
}

// A session of its own: Ctrl-C in the terminal is for the node. What ends the node in order may
// come to all its processes, also before the helper has said that it takes none of it.
int spawn(pid_t& pid, const std::string& executable, int socket, std::string_view word) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    sigset_t held, all;
    sigemptyset(&held);
    for (const int number : left_to_the_node) sigaddset(&held, number);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &held);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, socket, helper_fd);
    std::string name = "hearsayd", command(helper_command), parent = std::to_string(getpid()),
                how(word);
    char* arguments[] = {name.data(), command.data(), parent.data(), how.data(), nullptr};
    const int result =
        posix_spawn(&pid, executable.c_str(), &actions, &attributes, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return result;
}

std::optional<Message> ask(int socket, const Message& question) {
    if (!send(socket, question)) return std::nullopt;
    return receive(socket);
}

}  // namespace

std::string_view word_of(Confinement what) {
    switch (what) {
        case Confinement::none:
            return "free";
        case Confinement::without_programs:
            return "confined";
        case Confinement::with_transports:
            break;
    }
    return "confined-transports";
}

std::optional<Confinement> confinement_of(std::string_view word) {
    for (const Confinement each :
         {Confinement::none, Confinement::without_programs, Confinement::with_transports})
        if (word == word_of(each)) return each;
    return std::nullopt;
}

base::Result<std::unique_ptr<Helper>> Helper::start(const std::string& executable,
                                                    Confinement tor) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
        return failure("cannot make the helper's socket", errno);
    base::UniqueFd ours(pair[0]), theirs(pair[1]);
    const base::UniqueFd passed = copy_of(theirs.get());
    if (!passed) return failure("cannot prepare the helper's socket", errno);
    setsockopt(ours.get(), SOL_SOCKET, SO_RCVTIMEO, &answer_max, sizeof answer_max);
    pid_t pid = -1;
    if (const int error = spawn(pid, executable, passed.get(), word_of(tor)); error != 0)
        return failure("cannot start the helper process " + executable, error);
    return std::unique_ptr<Helper>(new Helper(pid, std::move(ours)));
}

Helper::~Helper() {
    socket_.reset();  // at which it ends
    while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
}

base::Result<pid_t> Helper::start_tor(const TorDescriptors& inherited) {
    Message question{questions::start_tor, 0};
    for (const int fd : {inherited.null, inherited.log, inherited.control, inherited.directory}) {
        question.fds.push_back(copy_of(fd));
        if (!question.fds.back()) return failure("cannot prepare Tor's descriptors", errno);
    }
    const std::optional<Message> answer = ask(socket_.get(), question);
    if (!answer) return gone();
    if (answer->kind == 0) return answer->value;
    // It is our child, also when it became no Tor.
    if (answer->value > 0)
        while (waitpid(answer->value, nullptr, 0) < 0 && errno == EINTR) continue;
    return failure("cannot start Tor's process", answer->kind);
}

base::Result<Bound> Helper::bind_loopback(std::uint16_t port) {
    std::optional<Message> answer = ask(socket_.get(), {questions::bind_loopback, port});
    if (!answer) return gone();
    if (answer->kind != 0)
        return base::fail(
            answer->kind == questions::is_taken ? base::ErrorCode::conflict : base::ErrorCode::io,
            answer->text);
    return Bound{static_cast<std::uint16_t>(answer->value), std::move(answer->fds)};
}

}  // namespace hearsay::sandbox
