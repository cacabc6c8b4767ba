#include "tor/child.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

extern "C" {
#include <tor_api.h>
}

namespace hearsay::tor {
namespace {

int refuse(const char* why) {
    std::fprintf(stderr, "tor-child: %s\n", why);
    return 2;
}

bool is_socket(int fd) {
    struct stat info{};
    return ::fstat(fd, &info) == 0 && S_ISSOCK(info.st_mode);
}
bool is_directory(int fd) {
    struct stat info{};
    return ::fstat(fd, &info) == 0 && S_ISDIR(info.st_mode);
}

// Whatever the node had open (its database, its links) is none of Tor's business. Every descriptor
// of ours is close-on-exec; this holds for those of libraries, too.
void close_others(int first) {
    if (::close_range(static_cast<unsigned>(first), ~0U, 0) == 0) return;
    const long open_max = ::sysconf(_SC_OPEN_MAX);
    for (int fd = first; fd < open_max; ++fd) ::close(fd);
}

int run_tor() {
    std::string torrc =
        "/proc/self/fd/" + std::to_string(child_directory_fd) + "/" + std::string(torrc_name);
    std::string program = "tor";
    std::string option = "-f";
    char* arguments[] = {program.data(), option.data(), torrc.data(), nullptr};

    tor_main_configuration_t* configuration = tor_main_configuration_new();
    if (configuration == nullptr) return 1;
    if (tor_main_configuration_set_command_line(configuration, 3, arguments) != 0) return 1;
    return tor_run_main(configuration) == 0 ? 0 : 1;
}

}  // namespace

bool is_tor_child(int argc, char** argv) {
    return argc >= 2 && child_command == argv[1];
}

int run_tor_child(int argc, char** argv) {
    if (argc != 3) return refuse("this command is for hearsayd itself");
    char* end = nullptr;
    const long parent = std::strtol(argv[2], &end, 10);
    if (end == argv[2] || *end != '\0' || parent < 1)
        return refuse("no process id of a parent given");
    if (!is_socket(child_control_fd) || !is_directory(child_directory_fd))
        return refuse("this command is for hearsayd itself");

    // First the order to die with the parent, then the look whether it is still there: the other
    // way round a parent could die between the two.
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return refuse("cannot bind to the parent's life");
    if (::getppid() != parent) return refuse("the parent is gone");
    // No core file and no debugger: this memory holds the onion key.
    if (::prctl(PR_SET_DUMPABLE, 0) != 0) return refuse("cannot protect the process memory");
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);

    std::signal(SIGPIPE, SIG_IGN);
    ::umask(077);
    close_others(child_directory_fd + 1);
    // Nothing of the node's (static objects, a sanitizer's look for leaks in Tor) runs at this end.
    const int result = run_tor();
    std::fflush(nullptr);
    ::_exit(result);
}

}  // namespace hearsay::tor
