// tor/process.hpp - one run of the child process: starts it, watches it, ends it.
//
// The child is watched through a pidfd: no SIGCHLD handler, and never another process of the same
// number. It is reaped here and nowhere else, so nobody else in the program may wait for "any
// child" or ignore SIGCHLD. The thread that calls spawn() must live as long as Tor shall: the
// kernel kills the child when that *thread* ends (see child.cpp).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <sys/types.h>

#include "base/error.hpp"
#include "base/unique_fd.hpp"

namespace hearsay::tor {

using Fd = base::UniqueFd;

// "exit status 1", "killed by signal 9 (Killed)".
std::string describe_exit(int wait_status);

// What the child gets, to become 0; 1 and 2; 3; 4 there (child.hpp). None of them is below 16.
struct ChildDescriptors {
    int null, log, control, directory;
};
// Starts the child as the protocol in child.hpp says; it is a child of this process. A node that
// may start nothing itself has somebody who does.
using Spawner = std::function<base::Result<pid_t>(const ChildDescriptors&)>;
Spawner spawner_of(std::string executable);

class ChildProcess {
public:
    // Errors: io, and those of the spawner.
    static base::Result<ChildProcess> spawn(const Spawner& spawner, int directory_fd);

    ChildProcess(ChildProcess&&) = default;
    ChildProcess& operator=(ChildProcess&&) = delete;
    // Kills and reaps a child that still runs.
    ~ChildProcess();

    pid_t pid() const { return pid_; }
    int pidfd() const { return pidfd_.get(); }         // readable once the child has ended
    int control_fd() const { return control_.get(); }  // both non-blocking
    int log_fd() const { return log_.get(); }

    void close_control() { control_.reset(); }  // Tor ends when it notices, within milliseconds
    void kill();
    // The wait status, once the child has ended; never blocks.
    std::optional<int> reap();

private:
    ChildProcess(pid_t pid, Fd pidfd, Fd control, Fd log)
        : pid_(pid), pidfd_(std::move(pidfd)), control_(std::move(control)), log_(std::move(log)) {}

    pid_t pid_;
    Fd pidfd_;
    Fd control_;
    Fd log_;
    bool reaped_ = false;
};

}  // namespace hearsay::tor
