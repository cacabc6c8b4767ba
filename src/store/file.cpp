#include "store/file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/ensure.hpp"
#include "base/unique_fd.hpp"

namespace hearsay::store {
namespace {

using base::ErrorCode;

std::unexpected<base::Error> failed(std::string_view doing, const std::string& path, int number) {
    const std::string text = std::string(doing) + " " + path + ": " + std::strerror(number);
    switch (number) {
        case ENOSPC:
        case EDQUOT:
        case EFBIG:
            return base::fail(ErrorCode::exhausted, "disk full at " + path + ": " + text);
        case ENOENT:
            return base::fail(ErrorCode::not_found, text);
        case EACCES:
        case EPERM:
            return base::fail(ErrorCode::denied, text);
        default:
            return base::fail(ErrorCode::io, text);
    }
}

std::string directory_of(const std::string& path) {
    const auto slash = path.rfind('/');
    if (slash == std::string::npos) return ".";
    return slash == 0 ? "/" : path.substr(0, slash);
}

// 0, or the errno of what failed.
int write_all(int fd, base::ByteView content) {
    while (!content.empty()) {
        const ssize_t count = ::write(fd, content.data(), content.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno;
        if (count == 0) return ENOSPC;
        content = content.subspan(static_cast<std::size_t>(count));
    }
    return ::fsync(fd) == 0 ? 0 : errno;
}

base::Result<void> make_missing(const std::string& path) {
    if (::mkdir(path.c_str(), 0700) == 0) {
        // The user's umask may have taken bits that we need ourselves.
        if (::chmod(path.c_str(), 0700) != 0) return failed("creating", path, errno);
        return sync_directory(directory_of(path));
    }
    if (errno == EEXIST) return {};
    if (errno != ENOENT) return failed("creating", path, errno);
    const std::string above = directory_of(path);
    if (above == path) return failed("creating", path, ENOENT);
    if (auto made = make_missing(above); !made) return made;
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return failed("creating", path, errno);
    return sync_directory(above);
}

}  // namespace

base::Result<void> sync_directory(const std::string& path) {
    const base::UniqueFd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory || ::fsync(directory.get()) != 0) return failed("syncing", path, errno);
    return {};
}

base::Result<void> prepare_directory(const std::string& given) {
    std::string path = given;
    while (path.size() > 1 && path.back() == '/') path.pop_back();
    if (path.empty()) return base::fail(ErrorCode::invalid, "the data directory's name is empty");
    if (auto made = make_missing(path); !made) return made;
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) return failed("looking at", path, errno);
    if (!S_ISDIR(info.st_mode)) return base::fail(ErrorCode::invalid, path + " is not a directory");
    if (info.st_uid != ::geteuid())
        return base::fail(ErrorCode::denied, path + " belongs to another user (uid " +
                                                 std::to_string(info.st_uid) +
                                                 "); choose a directory of your own");
    if ((info.st_mode & 022) != 0)
        return base::fail(
            ErrorCode::denied,
            path + " can be written to by other users; run: chmod go-w '" + path + "'");
    return {};
}

base::Result<void> replace_file(const std::string& path, base::ByteView content) {
    const std::string temporary = path + ".new";
    // A leftover of a crash may be a link or have another mode.
    if (::unlink(temporary.c_str()) != 0 && errno != ENOENT)
        return failed("replacing", temporary, errno);
    int trouble = 0;
    {
        const base::UniqueFd file(
            ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
        if (!file) return failed("creating", temporary, errno);
        trouble = write_all(file.get(), content);
    }
    if (trouble == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) trouble = errno;
    if (trouble != 0) {
        ::unlink(temporary.c_str());
        return failed("writing", path, trouble);
    }
    return sync_directory(directory_of(path));
}

namespace {

base::Result<base::Bytes> read_all(const base::UniqueFd& file, const std::string& path,
                                   std::size_t bytes_max) {
    base::Bytes out(bytes_max + 1);  // one more, to see that there is more
    std::size_t size = 0;
    while (size < out.size()) {
        const ssize_t count = ::read(file.get(), out.data() + size, out.size() - size);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return failed("reading", path, errno);
        if (count == 0) break;
        size += static_cast<std::size_t>(count);
    }
    if (size > bytes_max)
        return base::fail(ErrorCode::corrupt,
                          path + " is longer than " + std::to_string(bytes_max) + " bytes");
    out.resize(size);
    return out;
}

}  // namespace

base::Result<base::Bytes> read_file(const std::string& path, std::size_t bytes_max) {
    const base::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return failed("opening", path, errno);
    return read_all(file, path, bytes_max);
}

base::Result<base::Bytes> read_private_file(const std::string& path, std::size_t bytes_max,
                                            unsigned* mode) {
    const auto odd = [&] {
        return base::fail(ErrorCode::corrupt, path + " is not a regular file");
    };
    const base::UniqueFd file(
        ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY));
    if (!file && (errno == ELOOP || errno == ENXIO)) return odd();  // a link, a socket
    struct stat info{};
    if (!file || ::fstat(file.get(), &info) != 0) return failed("opening", path, errno);
    if (!S_ISREG(info.st_mode)) return odd();
    if (info.st_uid != ::geteuid())
        return base::fail(ErrorCode::denied, path + " belongs to another user (uid " +
                                                 std::to_string(info.st_uid) + ")");
    if (mode) *mode = info.st_mode & 07777;
    return read_all(file, path, bytes_max);
}

base::Result<void> remove_file(const std::string& path) {
    if (::unlink(path.c_str()) == 0) return sync_directory(directory_of(path));
    if (errno == ENOENT) return {};
    return failed("removing", path, errno);
}

bool file_exists(const std::string& path) {
    struct stat info{};
    return ::lstat(path.c_str(), &info) == 0;  // a link to nothing is something, too
}

base::Result<std::uint64_t> free_disk_bytes(const std::string& path) {
    struct statvfs space{};
    if (::statvfs(path.c_str(), &space) != 0) return failed("looking at", path, errno);
    return static_cast<std::uint64_t>(space.f_bavail) * space.f_frsize;
}

}  // namespace hearsay::store
