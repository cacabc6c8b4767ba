#include "app/node/bus_error.hpp"

#include <array>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

#include "store/lmdb.hpp"

namespace hearsay::app {
namespace {

// A handler may neither allocate nor lock: what it needs is made before.
std::array<char, 4096> mark{};
std::array<char, 8192> line{};

void on_bus_error(int) {
    if (mark[0] != 0) {
        const int fd = open(mark.data(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd >= 0) close(fd);
    }
    [[maybe_unused]] const ssize_t said =
        write(STDERR_FILENO, line.data(), std::strlen(line.data()));
    _exit(1);
}

template <std::size_t size>
void keep(std::array<char, size>& out, const std::string& text) {
    if (text.size() < size) std::memcpy(out.data(), text.c_str(), text.size() + 1);
}

}  // namespace

void end_on_bus_errors(const std::string& data_dir) {
    keep(mark, data_dir + "/flood" + store::suspect_name);
    keep(line, "hearsayd: the disk under " + data_dir +
                   " did not give back what is stored there (SIGBUS); start again: what the "
                   "network has is "
                   "fetched anew, "
                   "and hearsayd --check says whether anything else is damaged\n");
    struct sigaction action{};
    action.sa_handler = on_bus_error;
    sigaction(SIGBUS, &action, nullptr);
}

}  // namespace hearsay::app
