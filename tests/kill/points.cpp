#include "kill/points.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <dlfcn.h>
#include <mutex>
#include <string_view>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

namespace hearsay::kill {
namespace {

// Far more than one mail takes; beyond, points are counted but not named.
constexpr std::size_t names_bytes_max = 256 * 1024;

std::atomic<bool> counting = false;
std::mutex mutex;  // guards what follows
std::uint64_t passed = 0;
std::uint64_t wanted = 0;
Side wanted_side = Side::before;
std::string names;

template <class Function>
Function real(Function, const char* name) {
    return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

// The last folder and the name: enough to tell the stores from each other.
std::string short_path(std::string_view path) {
    std::size_t slash = path.rfind('/');
    if (slash != std::string_view::npos && slash > 0) slash = path.rfind('/', slash - 1);
    return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

std::string path_of(int fd) {
    std::array<char, 64> link{};
    std::snprintf(link.data(), link.size(), "/proc/self/fd/%d", fd);
    std::array<char, 512> path{};
    const ssize_t size = ::readlink(link.data(), path.data(), path.size());
    return size < 0 ? "?" : short_path({path.data(), static_cast<std::size_t>(size)});
}

// Empty: not a point.
std::string object_of(int fd) {
    struct stat about{};
    if (::fstat(fd, &about) != 0) return {};
    if (S_ISSOCK(about.st_mode)) return "socket";
    if (!S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode)) return {};
    // Who is killed twice while it reads one letter sets that letter aside, by rule: what is noted
    // about it is no point. tests/kill/poison_test.py is about that.
    const std::string path = path_of(fd);
    return path.ends_with("/reading") ? std::string() : path;
}

[[noreturn]] void die(std::string_view side, const std::string& name) {
    static const auto write_really = real(&::write, "write");
    const std::string line = "killed " + std::string(side) + " " + name + "\n";
    [[maybe_unused]] const ssize_t written = write_really(STDOUT_FILENO, line.data(), line.size());
    ::kill(::getpid(), SIGKILL);
    while (true) ::pause();
}

// One call: counted when it begins; the process ends there or when the call is done.
class Point {
public:
    Point(std::string_view call, int fd) {
        if (counting.load(std::memory_order_relaxed)) pass(call, object_of(fd));
    }
    Point(std::string_view call, const char* path) {
        if (counting.load(std::memory_order_relaxed)) pass(call, short_path(path));
    }
    Point(const Point&) = delete;
    Point& operator=(const Point&) = delete;
    ~Point() {
        if (dies_) die("after", name_);
    }

private:
    void pass(std::string_view call, const std::string& object) {
        if (object.empty()) return;
        const int kept = errno;
        const std::lock_guard lock(mutex);
        ++passed;
        name_ = std::string(call) + ":" + object;
        if (names.size() < names_bytes_max) names += name_ + " ";
        const bool reached = passed == wanted;
        if (reached && wanted_side == Side::before) die("before", name_);
        dies_ = reached;
        errno = kept;
    }
    std::string name_;
    bool dies_ = false;
};

}  // namespace

void arm(std::uint64_t at, Side side) {
    const std::lock_guard lock(mutex);
    passed = 0;
    wanted = at;
    wanted_side = side;
    names.clear();
    counting = true;
}

std::string disarm() {
    const std::lock_guard lock(mutex);
    counting = false;
    return names;
}

}  // namespace hearsay::kill

// The calls themselves, as every library of this process finds them.
using hearsay::kill::Point;
using hearsay::kill::real;

extern "C" {

ssize_t write(int fd, const void* data, std::size_t size) {
    static const auto next = real(&::write, "write");
    const Point point("write", fd);
    return next(fd, data, size);
}
ssize_t writev(int fd, const iovec* parts, int count) {
    static const auto next = real(&::writev, "writev");
    const Point point("writev", fd);
    return next(fd, parts, count);
}
ssize_t pwrite(int fd, const void* data, std::size_t size, off_t at) {
    static const auto next = real(&::pwrite, "pwrite");
    const Point point("pwrite", fd);
    return next(fd, data, size, at);
}
ssize_t pwrite64(int fd, const void* data, std::size_t size, off64_t at) {
    static const auto next = real(&::pwrite64, "pwrite64");
    const Point point("pwrite", fd);
    return next(fd, data, size, at);
}
ssize_t pwritev(int fd, const iovec* parts, int count, off_t at) {
    static const auto next = real(&::pwritev, "pwritev");
    const Point point("pwritev", fd);
    return next(fd, parts, count, at);
}
ssize_t pwritev64(int fd, const iovec* parts, int count, off64_t at) {
    static const auto next = real(&::pwritev64, "pwritev64");
    const Point point("pwritev", fd);
    return next(fd, parts, count, at);
}
ssize_t send(int fd, const void* data, std::size_t size, int flags) {
    static const auto next = real(&::send, "send");
    const Point point("send", fd);
    return next(fd, data, size, flags);
}
ssize_t sendmsg(int fd, const msghdr* message, int flags) {
    static const auto next = real(&::sendmsg, "sendmsg");
    const Point point("sendmsg", fd);
    return next(fd, message, flags);
}
int fsync(int fd) {
    static const auto next = real(&::fsync, "fsync");
    const Point point("fsync", fd);
    return next(fd);
}
int fdatasync(int fd) {
    static const auto next = real(&::fdatasync, "fdatasync");
    const Point point("fdatasync", fd);
    return next(fd);
}
int msync(void* from, std::size_t size, int flags) {
    static const auto next = real(&::msync, "msync");
    const Point point("msync", "memory");
    return next(from, size, flags);
}
int rename(const char* from, const char* to) noexcept {
    static const auto next = real(&::rename, "rename");
    const Point point("rename", to);
    return next(from, to);
}
int unlink(const char* path) noexcept {
    static const auto next = real(&::unlink, "unlink");
    const Point point("unlink", path);
    return next(path);
}

}  // extern "C"
