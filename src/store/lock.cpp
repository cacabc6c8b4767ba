#include "store/lock.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/bytes.hpp"
#include "store/file.hpp"

namespace hearsay::store {
namespace {

// The pid as written by the holder, or "?" in the instant before it is.
std::string holder(const std::string& path) {
    const auto content = read_file(path, 32);
    if (!content) return "?";
    std::string digits;
    for (const char c : base::as_text(*content)) {
        if (c < '0' || c > '9') break;
        digits += c;
    }
    return digits.empty() ? "?" : digits;
}

}  // namespace

base::Result<DirectoryLock> DirectoryLock::look(const std::string& data) {
    const std::string path = data + "/lock";
    base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    if (!fd && errno == ENOENT) return DirectoryLock(base::UniqueFd());
    if (!fd)
        return base::fail(base::ErrorCode::io, "opening " + path + ": " + std::strerror(errno));
    DirectoryLock lock(std::move(fd));
    if (::flock(lock.fd_.get(), LOCK_SH | LOCK_NB) == 0) return lock;
    return base::fail(base::ErrorCode::conflict,
                      data + " is in use by process " + holder(path) + "; stop it first");
}

base::Result<DirectoryLock> DirectoryLock::take(const std::string& data) {
    const std::string path = data + "/lock";
    base::UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!fd)
        return base::fail(base::ErrorCode::io, "opening " + path + ": " + std::strerror(errno));
    DirectoryLock lock(std::move(fd));
    if (::flock(lock.fd_.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK)
            return base::fail(base::ErrorCode::conflict,
                              data + " is in use by process " + holder(path));
        return base::fail(base::ErrorCode::io, "locking " + path + ": " + std::strerror(errno));
    }
    // Only a help for people: a full disk must not keep the node from starting.
    const std::string pid = std::to_string(::getpid()) + "\n";
    if (::ftruncate(lock.fd_.get(), 0) == 0) [[maybe_unused]]
        const ssize_t written = ::pwrite(lock.fd_.get(), pid.data(), pid.size(), 0);
    return lock;
}

}  // namespace hearsay::store
