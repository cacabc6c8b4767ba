#include "net/sockets.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace hearsay::net {
namespace {

using base::ErrorCode;
using base::fail;

std::string why(const std::string& what, const std::string& name, int number) {
    return what + " " + name + ": " + std::strerror(number);
}

base::Result<sockaddr_un> address_of(int dir_fd, const std::string& name) {
    if (name.empty() || name.find('/') != std::string::npos)
        return fail(ErrorCode::invalid, "a socket's name is a plain file name, not '" + name + "'");
    const std::string path = "/proc/self/fd/" + std::to_string(dir_fd) + "/" + name;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return fail(ErrorCode::invalid, "the socket's name is too long: '" + name + "'");
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
}

base::Result<UniqueFd> make_socket() {
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd.valid())
        return fail(ErrorCode::io, std::string("cannot make a socket: ") + std::strerror(errno));
    return fd;
}

base::Result<UniqueFd> connect_to(const sockaddr_un& address, const std::string& name) {
    base::Result<UniqueFd> fd = make_socket();
    if (!fd) return fd;
    if (::connect(fd->get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return fail(ErrorCode::unavailable, why("cannot connect to the socket", name, errno));
    return fd;
}

// Makes room for a new socket, without ever removing what is not a dead socket.
base::Result<void> remove_stale(int dir_fd, const std::string& name, const sockaddr_un& address) {
    struct stat status{};
    if (::fstatat(dir_fd, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno == ENOENT) return {};
        return fail(ErrorCode::io, why("cannot look at", name, errno));
    }
    if (!S_ISSOCK(status.st_mode))
        return fail(ErrorCode::conflict,
                    "there is a file named " + name + " where the socket should be");
    if (connect_to(address, name))
        return fail(ErrorCode::conflict, "another process listens on the socket " + name);
    if (::unlinkat(dir_fd, name.c_str(), 0) != 0 && errno != ENOENT)
        return fail(ErrorCode::io, why("cannot remove the old socket", name, errno));
    return {};
}

}  // namespace

base::Result<UniqueFd> listen_unix(int dir_fd, const std::string& name) {
    const base::Result<sockaddr_un> address = address_of(dir_fd, name);
    if (!address) return std::unexpected(address.error());
    if (const auto removed = remove_stale(dir_fd, name, *address); !removed)
        return std::unexpected(removed.error());
    base::Result<UniqueFd> fd = make_socket();
    if (!fd) return fd;
    // Before bind(), so that the file never exists with a wider mode (unix(7): Linux takes the
    // new file's mode from the socket's).
    if (::fchmod(fd->get(), S_IRUSR | S_IWUSR) != 0)
        return fail(ErrorCode::io, why("cannot set the mode of the socket", name, errno));
    if (::bind(fd->get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0)
        return fail(ErrorCode::io, why("cannot make the socket", name, errno));
    if (::listen(fd->get(), SOMAXCONN) != 0)
        return fail(ErrorCode::io, why("cannot listen on the socket", name, errno));
    return fd;
}

base::Result<UniqueFd> connect_unix(int dir_fd, const std::string& name) {
    const base::Result<sockaddr_un> address = address_of(dir_fd, name);
    if (!address) return std::unexpected(address.error());
    return connect_to(*address, name);
}

}  // namespace hearsay::net
