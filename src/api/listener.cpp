#include "api/listener.hpp"

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

struct OwnedFd {
    int fd = -1;
    ~OwnedFd() {
        if (fd >= 0) close(fd);
    }
    int release() { return std::exchange(fd, -1); }
};

base::Result<void> remove_stale(int dir_fd, const sockaddr_un& address) {
    struct stat found{};
    if (fstatat(dir_fd, socket_name, &found, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno == ENOENT) return {};
        return system_failure("cannot look at the API socket");
    }
    if (!S_ISSOCK(found.st_mode))
        return base::fail(base::ErrorCode::conflict,
                          "the file \"api\" in the run directory is not a socket; move it away");
    const OwnedFd probe{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    if (probe.fd < 0) return system_failure("cannot make a socket");
    const int answered = connect(probe.fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    // EAGAIN: somebody listens and is busy. Only a refusal proves that nobody does.
    if (answered == 0 || errno != ECONNREFUSED)
        return base::fail(base::ErrorCode::conflict, "another node answers on the API socket");
    if (unlinkat(dir_fd, socket_name, 0) != 0 && errno != ENOENT)
        return system_failure("cannot remove the API socket that a node left behind");
    return {};
}

}  // namespace

base::Result<Listener> Listener::open(int dir_fd) {
    OwnedFd dir{fcntl(dir_fd, F_DUPFD_CLOEXEC, 0)};
    if (dir.fd < 0) return system_failure("cannot use the run directory");
    const sockaddr_un address = address_in(dir.fd);
    if (const base::Result<void> removed = remove_stale(dir.fd, address); !removed)
        return std::unexpected(removed.error());

    OwnedFd listening{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    if (listening.fd < 0) return system_failure("cannot make a socket");
    // On Linux the name inherits the socket's own mode.
    if (fchmod(listening.fd, 0600) != 0) return system_failure("cannot restrict the API socket");
    if (bind(listening.fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return system_failure("cannot create the API socket");
    struct stat made{};
    if (fchmodat(dir.fd, socket_name, 0600, 0) != 0 ||
        fstatat(dir.fd, socket_name, &made, AT_SYMLINK_NOFOLLOW) != 0)
        return system_failure("cannot restrict the API socket");
    return Listener(dir.release(), listening.release(), made.st_dev, made.st_ino);
}

Listener::Listener(Listener&& other) noexcept
    : dir_fd_(std::exchange(other.dir_fd_, -1)),
      fd_(std::exchange(other.fd_, -1)),
      device_(other.device_),
      inode_(other.inode_) {}

Listener::~Listener() {
    if (fd_ >= 0) close(fd_);
    if (dir_fd_ < 0) return;
    struct stat found{};
    if (fstatat(dir_fd_, socket_name, &found, AT_SYMLINK_NOFOLLOW) == 0 && found.st_dev == device_ &&
        found.st_ino == inode_)
        unlinkat(dir_fd_, socket_name, 0);
    close(dir_fd_);
}

int Listener::release() {
    return std::exchange(fd_, -1);
}

base::Result<uid_t> peer_user(int fd) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
        return system_failure("cannot tell who connected");
    return peer.uid;
}

}  // namespace hearsay::api
