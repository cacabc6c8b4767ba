// Each forbidden call is tried from inside, in a process of its own that a filter holds; and what a
// node does all day is tried, too.
#include "sandbox/filter.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <functional>
#include <netinet/in.h>
#include <sched.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <doctest/doctest.h>

namespace {

using namespace hearsay;
using sandbox::Confined;

constexpr int not_confined = 200;

// The errno of a call that failed, 0 of one that did not.
int outcome(long result) {
    return result >= 0 ? 0 : errno;
}

// What `attempt` returns in a process that is confined so; below 0: the signal that ended it.
int confined(Confined what, const std::function<int()>& attempt) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        for (const int number : {SIGSEGV, SIGSYS}) std::signal(number, SIG_DFL);  // doctest's
        _exit(sandbox::confine(what) ? attempt() : not_confined);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

struct Attempt {
    std::string name;
    std::function<int()> run;
};

const std::vector<Attempt>& nobody_may() {
    static const std::vector<Attempt> all{
        {"ptrace", [] { return outcome(ptrace(PTRACE_TRACEME, 0, nullptr, nullptr)); }},
        {"reading another process",
         [] {
             return outcome(syscall(SYS_process_vm_readv, getppid(), nullptr, 0, nullptr, 0, 0));
         }},
        {"taking another's descriptor", [] { return outcome(syscall(SYS_pidfd_getfd, -1, 0, 0)); }},
        {"io_uring", [] { return outcome(syscall(SYS_io_uring_setup, 8, nullptr)); }},
        {"io_uring, entered",
         [] { return outcome(syscall(SYS_io_uring_enter, -1, 0, 0, 0, nullptr)); }},
        {"bpf", [] { return outcome(syscall(SYS_bpf, 0, nullptr, 0)); }},
        {"perf", [] { return outcome(syscall(SYS_perf_event_open, nullptr, 0, -1, -1, 0)); }},
        {"userfaultfd", [] { return outcome(syscall(SYS_userfaultfd, O_CLOEXEC)); }},
        {"a keyring", [] { return outcome(syscall(SYS_keyctl, 0, -3, 0, 0, 0)); }},
        {"a key", [] { return outcome(syscall(SYS_add_key, "user", "x", "x", 1, -3)); }},
        {"a namespace", [] { return outcome(unshare(CLONE_NEWUSER)); }},
        {"another's namespace", [] { return outcome(setns(-1, 0)); }},
        {"a mount", [] { return outcome(mount("none", "/tmp", "tmpfs", 0, nullptr)); }},
        {"another root", [] { return outcome(chroot("/")); }},
        {"a device", [] { return outcome(mknod("/tmp/hearsay-device", S_IFCHR | 0600, 0)); }},
        {"a module", [] { return outcome(syscall(SYS_finit_module, -1, "", 0)); }},
        {"another kernel", [] { return outcome(syscall(SYS_kexec_load, 0, 0, nullptr, 0)); }},
        {"the clock", [] { return outcome(syscall(SYS_clock_settime, CLOCK_REALTIME, nullptr)); }},
        {"another user", [] { return outcome(syscall(SYS_setuid, getuid())); }},
        {"another group", [] { return outcome(syscall(SYS_setgroups, 0, nullptr)); }},
        {"typing for a terminal", [] { return outcome(ioctl(-1, TIOCSTI, "x")); }},
    };
    return all;
}

const std::vector<Attempt>& programs() {
    static char program[] = "/bin/true";
    static char* arguments[] = {program, nullptr};
    static char* none[] = {nullptr};
    static const std::vector<Attempt> all{
        {"a program", [] { return outcome(execve(program, arguments, none)); }},
        {"a program by descriptor",
         [] { return outcome(syscall(SYS_execveat, -1, program, arguments, none, 0)); }},
        {"a process", [] { return outcome(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)); }},
        {"a process of glibc's", [] { return outcome(fork()); }},
    };
    return all;
}

const std::vector<Attempt>& of_the_node() {
    static const std::vector<Attempt> all{
        {"TCP", [] { return outcome(socket(AF_INET, SOCK_STREAM, 0)); }},
        {"UDP", [] { return outcome(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)); }},
        {"TCP over IPv6", [] { return outcome(socket(AF_INET6, SOCK_STREAM, 0)); }},
        {"netlink", [] { return outcome(socket(AF_NETLINK, SOCK_RAW, 0)); }},
        {"packets", [] { return outcome(socket(AF_PACKET, SOCK_RAW, 0)); }},
        {"Bluetooth", [] { return outcome(socket(AF_BLUETOOTH, SOCK_STREAM, 0)); }},
        {"a family hidden in the upper half",
         [] { return outcome(syscall(SYS_socket, (1L << 32) | AF_INET, SOCK_STREAM, 0)); }},
        {"a signal", [] { return outcome(kill(getppid(), 0)); }},
        {"new code",
         [] {
             void* const got = mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
             return got == MAP_FAILED ? errno : 0;
         }},
        {"code of what was written",
         [] {
             void* const got =
                 mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
             return outcome(mprotect(got, 4096, PROT_READ | PROT_EXEC));
         }},
    };
    return all;
}

void check_refused(Confined what, const std::vector<Attempt>& attempts) {
    for (const Attempt& each : attempts) {
        CAPTURE(each.name);
        CHECK(confined(what, each.run) == EPERM);
    }
}

}  // namespace

TEST_CASE("what nobody needs is refused to the node, to Tor and to the helper") {
    for (const Confined what :
         {Confined::node, Confined::tor, Confined::tor_with_transports, Confined::helper}) {
        CAPTURE(static_cast<int>(what));
        check_refused(what, nobody_may());
    }
}

TEST_CASE("neither the node nor Tor runs a program") {
    check_refused(Confined::node, programs());
    check_refused(Confined::tor, programs());
}

TEST_CASE("a transport is a program, and the helper starts Tor") {
    for (const Confined what : {Confined::tor_with_transports, Confined::helper})
        CHECK(confined(what, programs().front().run) == 0);
}

TEST_CASE("the node has Unix sockets only, signals nobody and makes no code") {
    check_refused(Confined::node, of_the_node());
    CHECK(confined(Confined::tor, of_the_node().front().run) == 0);
}

#ifdef __x86_64__
TEST_CASE("a call of another architecture ends the process") {
    const auto call_of_32_bits = [] {
        long result = 20;  // getpid there
        asm volatile("int $0x80" : "+a"(result) : : "memory");
        return 0;
    };
    const auto call_of_x32 = [] { return outcome(syscall(0x40000000 + SYS_getpid)); };
    for (const Confined what : {Confined::node, Confined::tor, Confined::helper}) {
        // A kernel without 32-bit programs has no such call to begin with.
        const int ended = confined(what, call_of_32_bits);
        CHECK((ended == -SIGSYS || ended == -SIGSEGV));
        CHECK(confined(what, call_of_x32) == -SIGSYS);
    }
}
#endif

TEST_CASE("what a node does all day goes on") {
    CHECK(confined(Confined::node, [] {
              int pair[2];
              if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) return errno;
              if (socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) < 0) return errno;
              bool ran = false;
              std::thread([&] { ran = true; }).join();
              if (!ran) return 1;
              char name[] = "/tmp/hearsay-sandbox-XXXXXX";
              const int fd = mkstemp(name);
              if (fd < 0 || unlink(name) != 0 || ftruncate(fd, 4096) != 0) return errno;
              void* const map = mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
              return map == MAP_FAILED ? errno : 0;
          }) == 0);
}

TEST_CASE("a listener that was open before takes connections, and becomes no way out") {
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in home{};
    home.sin_family = AF_INET;
    home.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(bind(listener, reinterpret_cast<const sockaddr*>(&home), sizeof home) == 0);
    socklen_t size = sizeof home;
    REQUIRE(getsockname(listener, reinterpret_cast<sockaddr*>(&home), &size) == 0);
    const int caller = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(confined(Confined::node, [&] {
              if (listen(listener, 1) != 0) return errno;
              if (connect(caller, reinterpret_cast<const sockaddr*>(&home), sizeof home) != 0)
                  return errno;
              const int got = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
              if (got < 0) return errno;
              // Taken apart and pointed elsewhere: it is bound to the loopback and leaves it not.
              const sockaddr nowhere{AF_UNSPEC, {}};
              connect(got, &nowhere, sizeof nowhere);
              sockaddr_in abroad = home;
              abroad.sin_addr.s_addr = inet_addr("192.0.2.1");
              fcntl(got, F_SETFL, O_NONBLOCK);
              if (connect(got, reinterpret_cast<const sockaddr*>(&abroad), sizeof abroad) == 0 ||
                  errno == EINPROGRESS)
                  return 1;
              return 0;
          }) == 0);
    close(caller);
    close(listener);
}

TEST_CASE("all threads are confined, also those that were there before") {
    CHECK(confined(Confined::helper, [] { return 0; }) == 0);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        int ready[2], after[2];
        if (pipe(ready) != 0 || pipe(after) != 0) _exit(1);
        int result = -1;
        std::thread earlier([&] {
            char byte = 0;
            if (write(ready[1], "x", 1) == 1 && read(after[0], &byte, 1) == 1)
                result = outcome(socket(AF_INET, SOCK_STREAM, 0));
        });
        char byte = 0;
        if (read(ready[0], &byte, 1) != 1 || !sandbox::confine(Confined::node)) _exit(2);
        if (write(after[1], "x", 1) != 1) _exit(3);
        earlier.join();
        _exit(result);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(WEXITSTATUS(status) == EPERM);
}
