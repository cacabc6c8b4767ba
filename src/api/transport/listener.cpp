#include "api/transport/listener.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

#include "base/ensure.hpp"

namespace hearsay::api {

namespace {

constexpr const char* socket_name = "api";

std::unexpected<base::Error> system_failure(const std::string& what) {
    return base::fail(base::ErrorCode::io, what + ": " + std::strerror(errno));
}

sockaddr_un address_in(int dir_fd) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = "/proc/self/fd/" + std::to_string(dir_fd) + "/" + socket_name;
    ENSURE(path.size() < sizeof address.sun_path, "a descriptor's path is short");
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
}

base::Result<void> remove_stale(int dir_fd, const sockaddr_un& address) {
    struct stat found{};
    if (fstatat(dir_fd, socket_name, &found, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno == ENOENT) return {};
        return system_failure("cannot look at the API socket");
    }
    if (!S_ISSOCK(found.st_mode))
        return base::fail(base::ErrorCode::conflict,
                          "the file \"api\" in the run directory is not a socket; move it away");
    const base::UniqueFd probe(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!probe.valid()) return system_failure("cannot make a socket");
    const int answered =
        connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    // EAGAIN: somebody listens and is busy. Only a refusal proves that nobody does.
    if (answered == 0 || errno != ECONNREFUSED)
        return base::fail(base::ErrorCode::conflict, "another node answers on the API socket");
    if (unlinkat(dir_fd, socket_name, 0) != 0 && errno != ENOENT)
        return system_failure("cannot remove the API socket that a node left behind");
    return {};
}

}  // namespace

base::Result<Listener> Listener::open(int dir_fd, std::optional<gid_t> group) {
    base::UniqueFd dir(fcntl(dir_fd, F_DUPFD_CLOEXEC, 0));
    if (!dir.valid()) return system_failure("cannot use the run directory");
    const sockaddr_un address = address_in(dir.get());
    if (const base::Result<void> removed = remove_stale(dir.get(), address); !removed)
        return std::unexpected(removed.error());

    base::UniqueFd listening(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!listening.valid()) return system_failure("cannot make a socket");
    // On Linux the name inherits the socket's own mode.
    if (fchmod(listening.get(), 0600) != 0) return system_failure("cannot restrict the API socket");
    if (bind(listening.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return system_failure("cannot create the API socket");
    struct stat made{};
    if (group && fchownat(dir.get(), socket_name, static_cast<uid_t>(-1), *group, 0) != 0)
        return system_failure("cannot give the API socket to the group");
    if (fchmodat(dir.get(), socket_name, group ? 0660 : 0600, 0) != 0 ||
        fstatat(dir.get(), socket_name, &made, AT_SYMLINK_NOFOLLOW) != 0)
        return system_failure("cannot restrict the API socket");
    return Listener(std::move(dir), std::move(listening), made.st_dev, made.st_ino);
}

Listener::~Listener() {
    socket_.reset();
    if (!dir_.valid()) return;
    struct stat found{};
    if (fstatat(dir_.get(), socket_name, &found, AT_SYMLINK_NOFOLLOW) == 0 &&
        found.st_dev == device_ && found.st_ino == inode_)
        unlinkat(dir_.get(), socket_name, 0);
}

}  // namespace hearsay::api
