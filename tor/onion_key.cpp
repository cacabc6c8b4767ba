#include "tor/onion_key.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace hearsay::tor {
namespace {

constexpr std::size_t tag_size = 32;

base::Bytes tagged(std::string_view tag, base::ByteView key) {
    base::Bytes out(tag_size + key.size(), 0);
    std::copy(tag.begin(), tag.end(), out.begin());
    std::copy(key.begin(), key.end(), out.begin() + tag_size);
    return out;
}

std::unexpected<base::Error> system_error(const std::string& what) {
    return base::fail(base::ErrorCode::io, what + ": " + std::strerror(errno));
}

bool write_all(int fd, base::ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(fd, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

base::Bytes secret_key_file(const OnionKey& key) {
    return tagged("== ed25519v1-secret: type0 ==", key.expanded);
}
base::Bytes public_key_file(const OnionKey& key) {
    return tagged("== ed25519v1-public: type0 ==", key.public_key);
}
base::Bytes hostname_file(const OnionKey& key) {
    return base::to_bytes(key.address + "\n");
}

base::Result<void> make_private_directory(const std::string& path) {
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
        return system_error("cannot make " + path);
    struct stat info{};
    if (::lstat(path.c_str(), &info) != 0) return system_error("cannot look at " + path);
    if (!S_ISDIR(info.st_mode))
        return base::fail(base::ErrorCode::io, path + " is not a directory");
    if (info.st_uid != ::geteuid())
        return base::fail(base::ErrorCode::denied, path + " belongs to another user");
    if ((info.st_mode & 07777) != 0700 && ::chmod(path.c_str(), 0700) != 0)
        return system_error("cannot set the mode of " + path);
    return {};
}

base::Result<void> write_private_file(const std::string& path, base::ByteView bytes) {
    const std::string aside = path + ".new";
    ::unlink(aside.c_str());
    const int fd =
        ::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return system_error("cannot write " + aside);
    const bool written = write_all(fd, bytes) && ::fsync(fd) == 0;
    const int reason = errno;
    ::close(fd);
    if (!written) {
        ::unlink(aside.c_str());
        errno = reason;
        return system_error("cannot write " + aside);
    }
    if (::rename(aside.c_str(), path.c_str()) != 0) return system_error("cannot write " + path);
    return {};
}

base::Result<void> write_onion_files(const std::string& directory, const OnionKey& key) {
    if (auto ok = make_private_directory(directory); !ok) return ok;
    if (auto ok = write_private_file(directory + "/hs_ed25519_secret_key", secret_key_file(key));
        !ok)
        return ok;
    if (auto ok = write_private_file(directory + "/hs_ed25519_public_key", public_key_file(key));
        !ok)
        return ok;
    return write_private_file(directory + "/hostname", hostname_file(key));
}

}  // namespace hearsay::tor
