// As little of hearsayd as a helper can be started from, for helper_test.cpp. As "tor-child" it
// says on its log what it got, and ends with 7 when its control socket closes.
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/helper.hpp"

namespace {

int become_tor(int argc, char** argv) {
    struct stat directory{};
    const bool has_directory = fstat(4, &directory) == 0 && S_ISDIR(directory.st_mode);
    const bool has_more = fcntl(5, F_GETFD) >= 0;
    std::printf("%d %s %s parent %d %s%s\n", argc, argv[2], argv[3], static_cast<int>(getppid()),
                has_directory ? "directory" : "", has_more ? " and more" : "");
    std::fflush(stdout);
    char byte = 0;
    while (read(3, &byte, 1) > 0) continue;
    return 7;
}

}  // namespace

int main(int argc, char** argv) {
    using namespace hearsay;
    if (argc == 4 && std::string(argv[1]) == "tor-child") return become_tor(argc, argv);
    if (!sandbox::is_helper(argc, argv)) return 2;
    return sandbox::run_helper(
        argc, argv, "tor-child", [](std::uint16_t port) -> base::Result<sandbox::Bound> {
            if (port == 1) return base::fail(base::ErrorCode::conflict, "somebody has it");
            if (port == 2) return base::fail(base::ErrorCode::io, std::string(1000, 'x'));
            sandbox::Bound out{port, {}};
            out.sockets.emplace_back(socket(AF_INET, SOCK_STREAM, 0));
            out.sockets.emplace_back(socket(AF_INET6, SOCK_STREAM, 0));
            return out;
        });
}
