#include "tor/process.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include "tor/child.hpp"

// glibc before 2.37 forgets that C++ includes this, too.
extern "C" {
#include <sys/pidfd.h>
}

namespace hearsay::tor {
namespace {

std::unexpected<base::Error> system_error(const std::string& what, int reason) {
    return base::fail(base::ErrorCode::io, what + ": " + std::strerror(reason));
}

// The descriptors that a child gets, moved out of the way of the numbers that they shall have
// there.
struct Passed {
    Fd null, control, directory, log;
};

Fd above(int fd) {
    return Fd(::fcntl(fd, F_DUPFD_CLOEXEC, 16));
}

class SpawnPlan {
public:
    SpawnPlan() {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawnattr_init(&attributes_);
    }
    ~SpawnPlan() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }
    SpawnPlan(const SpawnPlan&) = delete;
    SpawnPlan& operator=(const SpawnPlan&) = delete;

    // A session of its own: Ctrl-C in the terminal is for the node, which then ends Tor in order.
    // Signals as a fresh program has them, whatever mask the node's threads use.
    bool prepare(const ChildDescriptors& passed) {
        sigset_t none, all;
        ::sigemptyset(&none);
        ::sigfillset(&all);
        return ::posix_spawnattr_setsigmask(&attributes_, &none) == 0 &&
               ::posix_spawnattr_setsigdefault(&attributes_, &all) == 0 &&
               ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK |
                                                            POSIX_SPAWN_SETSIGDEF |
                                                            POSIX_SPAWN_SETSID) == 0 &&
               give(passed.null, 0) && give(passed.log, 1) && give(passed.log, 2) &&
               give(passed.control, child_control_fd) && give(passed.directory, child_directory_fd);
    }
    int spawn(const std::string& executable, pid_t& pid) {
        std::string name = "hearsayd";
        std::string command(child_command);
        std::string parent = std::to_string(::getpid());
        char* arguments[] = {name.data(), command.data(), parent.data(), nullptr};
        return ::posix_spawn(&pid, executable.c_str(), &actions_, &attributes_, arguments, environ);
    }

private:
    bool give(int fd, int number) {
        return ::posix_spawn_file_actions_adddup2(&actions_, fd, number) == 0;
    }
    posix_spawn_file_actions_t actions_;
    posix_spawnattr_t attributes_;
};

}  // namespace

std::string describe_exit(int wait_status) {
    if (WIFEXITED(wait_status)) return "exit status " + std::to_string(WEXITSTATUS(wait_status));
    if (!WIFSIGNALED(wait_status)) return "wait status " + std::to_string(wait_status);
    const int number = WTERMSIG(wait_status);
    return "killed by signal " + std::to_string(number) + " (" + strsignal(number) + ")";
}

Spawner spawner_of(std::string executable) {
    return
        [program = std::move(executable)](const ChildDescriptors& passed) -> base::Result<pid_t> {
            SpawnPlan plan;
            if (!plan.prepare(passed)) return system_error("cannot prepare Tor's process", ENOMEM);
            pid_t pid = -1;
            if (const int reason = plan.spawn(program, pid); reason != 0)
                return system_error("cannot start Tor's process", reason);
            return pid;
        };
}

base::Result<ChildProcess> ChildProcess::spawn(const Spawner& spawner, int directory_fd) {
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return system_error("cannot make Tor's control socket", errno);
    Fd control(pair[0]), control_of_child(pair[1]);
    if (::pipe2(pair, O_CLOEXEC) != 0)
        return system_error("cannot make a pipe for Tor's log", errno);
    Fd log(pair[0]), log_of_child(pair[1]);
    Fd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));

    // Only our ends: Tor sets its own.
    if (::fcntl(control.get(), F_SETFL, O_NONBLOCK) != 0 ||
        ::fcntl(log.get(), F_SETFL, O_NONBLOCK) != 0)
        return system_error("cannot prepare Tor's descriptors", errno);
    const Passed passed{above(null.get()), above(control_of_child.get()), above(directory_fd),
                        above(log_of_child.get())};
    if (!passed.null || !passed.control || !passed.directory || !passed.log)
        return system_error("cannot prepare Tor's descriptors", errno);

    const base::Result<pid_t> pid = spawner(
        {passed.null.get(), passed.log.get(), passed.control.get(), passed.directory.get()});
    if (!pid) return std::unexpected(pid.error());
    Fd pidfd(::pidfd_open(*pid, 0));
    if (!pidfd) {
        const int reason = errno;
        ::kill(*pid, SIGKILL);  // ours and not reaped: the number is still its own
        control.reset();        // at which it ends, should we not be allowed to
        ::waitpid(*pid, nullptr, 0);
        return system_error("cannot watch Tor's process", reason);
    }
    return ChildProcess(*pid, std::move(pidfd), std::move(control), std::move(log));
}

ChildProcess::~ChildProcess() {
    if (!pidfd_ || reaped_) return;  // moved from, or gone
    kill();
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
}

void ChildProcess::kill() {
    if (pidfd_ && !reaped_) ::pidfd_send_signal(pidfd_.get(), SIGKILL, nullptr, 0);
}

std::optional<int> ChildProcess::reap() {
    int status = 0;
    if (reaped_ || ::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
    reaped_ = true;
    return status;
}

}  // namespace hearsay::tor
