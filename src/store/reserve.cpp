#include "store/reserve.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits/store.hpp"
#include "base/unique_fd.hpp"
#include "store/file.hpp"

namespace hearsay::store {
namespace {

namespace limits = base::limits;

// Of a regular file of ours; nothing else is a reserve, nor touched.
bool is_reserve(const std::string& path) {
    struct stat file{};
    return ::lstat(path.c_str(), &file) == 0 && S_ISREG(file.st_mode) && file.st_uid == ::geteuid();
}

}  // namespace

base::Result<void> Reserve::keep() {
    if (file_exists(path_)) return {};
    const auto free = free_disk_bytes(path_.substr(0, path_.rfind('/')));
    if (!free) return std::unexpected(free.error());
    if (*free < limits::free_disk_bytes_min + limits::reserve_bytes) return {};
    const base::UniqueFd file(
        ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    const int code = file ? ::posix_fallocate(file.get(), 0, limits::reserve_bytes) : errno;
    if (code == 0) return {};
    release();
    return std::unexpected(base::Error{
        base::ErrorCode::io,
        "no room could be set aside in " + path_ + " (error " + std::to_string(code) + ")"});
}

bool Reserve::release() {
    return is_reserve(path_) && ::unlink(path_.c_str()) == 0;
}

}  // namespace hearsay::store
