#include "bench/measure.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/ensure.hpp"
#include "net/sockets.hpp"
#include "store/file.hpp"

namespace hearsay::bench {
namespace {

constexpr std::size_t status_bytes_max = 64 * 1024;
constexpr std::size_t answer_bytes_max = 4096;
constexpr std::size_t numbers_max = 64;
constexpr int removal_tries_max = 50;
constexpr useconds_t removal_pause_us = 20'000;

double seconds_of(clockid_t clock) {
    timespec at{};
    ENSURE(clock_gettime(clock, &at) == 0, "every Linux has this clock");
    return static_cast<double>(at.tv_sec) + static_cast<double>(at.tv_nsec) * 1e-9;
}

std::string reason() {
    return std::strerror(errno);
}

volatile std::sig_atomic_t stop_signal = 0;
volatile pid_t supervised_child = 0;

int wait_for(pid_t child) {
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return 1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void write_all(int fd, const void* data, std::size_t size) {
    const auto* at = static_cast<const char*>(data);
    while (size > 0) {
        const ssize_t written = ::write(fd, at, size);
        if (written <= 0) return;  // the reader sees that something is missing
        at += written;
        size -= static_cast<std::size_t>(written);
    }
}

std::string read_all(int fd, std::size_t most) {
    std::string out;
    std::array<char, 4096> buffer{};
    while (out.size() < most) {
        const ssize_t got = ::read(fd, buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        out.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return out;
}

// A child's answer: 'y' and the numbers, or 'n' and the reason.
void answer(int fd, const base::Result<std::vector<double>>& result) {
    if (result) {
        write_all(fd, "y", 1);
        write_all(fd, result->data(), result->size() * sizeof(double));
    } else {
        write_all(fd, "n", 1);
        write_all(fd, result.error().text.data(), result.error().text.size());
    }
}

}  // namespace

double wall_seconds() {
    return seconds_of(CLOCK_MONOTONIC);
}
double cpu_seconds() {
    return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}
double thread_seconds() {
    return seconds_of(CLOCK_THREAD_CPUTIME_ID);
}

base::Result<std::uint64_t> status_bytes(std::string_view text, std::string_view key) {
    const auto missing =
        base::fail(base::ErrorCode::not_found, "no " + std::string(key) + " in the status");
    std::size_t at = text.starts_with(key) ? 0 : text.find("\n" + std::string(key));
    if (at == std::string_view::npos) return missing;
    at = text.find_first_of("0123456789\n", text[at] == '\n' ? at + 1 : at);
    if (at == std::string_view::npos) return missing;
    std::uint64_t kilobytes = 0;
    const auto read = std::from_chars(text.data() + at, text.data() + text.size(), kilobytes);
    if (read.ec != std::errc{} || !std::string_view(read.ptr).starts_with(" kB")) return missing;
    return kilobytes * 1024;
}

base::Result<std::uint64_t> anonymous_bytes() {
    malloc_trim(0);  // what was freed is not in use
    const auto content = store::read_file("/proc/self/status", status_bytes_max);
    if (!content) return std::unexpected(content.error());
    return status_bytes(base::as_text(*content), "RssAnon:");
}

base::Result<void> drop_from_cache(const std::string& path) {
    const net::UniqueFd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
    if (!fd.valid())
        return base::fail(base::ErrorCode::io, "cannot open " + path + ": " + reason());
    if (::fsync(fd.get()) != 0)
        return base::fail(base::ErrorCode::io, "cannot sync " + path + ": " + reason());
    if (const int code = ::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_DONTNEED); code != 0)
        return base::fail(base::ErrorCode::io, "cannot drop " + path + ": " + std::strerror(code));
    return {};
}

base::Result<std::uint64_t> disk_bytes(const std::string& path) {
    struct stat file{};
    if (::stat(path.c_str(), &file) != 0)
        return base::fail(base::ErrorCode::io, "cannot look at " + path + ": " + reason());
    return static_cast<std::uint64_t>(file.st_blocks) * 512;
}

base::Result<std::string> make_directory() {
    const char* chosen = std::getenv("TMPDIR");
    std::string path = std::string(chosen && *chosen ? chosen : "/tmp") + "/hearsay-bench-XXXXXX";
    if (!::mkdtemp(path.data()))
        return base::fail(base::ErrorCode::io, "cannot make " + path + ": " + reason());
    return path;
}

int supervised(const std::string& directory, const std::function<int()>& work) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        const int status = work();
        std::fflush(nullptr);
        std::_Exit(status);
    }
    int status = 1;
    if (child > 0) {
        supervised_child = child;
        struct sigaction action{};
        action.sa_handler = [](int signal) {
            stop_signal = signal;
            ::kill(supervised_child, SIGKILL);
        };
        for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(signal, &action, nullptr);
        status = wait_for(child);
    }
    // Children of the child may have a last file to write before they notice.
    std::error_code error;
    for (int tries = 0; tries < removal_tries_max && std::filesystem::exists(directory, error);
         ++tries) {
        if (tries > 0) ::usleep(removal_pause_us);
        std::filesystem::remove_all(directory, error);
    }
    return stop_signal != 0 ? 128 + stop_signal : status;
}

base::Result<std::vector<double>> in_child(
    const std::function<base::Result<std::vector<double>>()>& work) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return base::fail(base::ErrorCode::io, "no pipe: " + reason());
    net::UniqueFd reader(ends[0]);
    net::UniqueFd writer(ends[1]);
    std::fflush(nullptr);
    const pid_t child = ::fork();
    if (child < 0) return base::fail(base::ErrorCode::io, "no further process: " + reason());
    if (child == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        reader.reset();
        answer(writer.get(), work());
        std::_Exit(0);
    }
    writer.reset();
    const std::string said =
        read_all(reader.get(), std::max(answer_bytes_max, 1 + numbers_max * sizeof(double)));
    const int status = wait_for(child);
    if (!said.empty() && said[0] == 'n') return base::fail(base::ErrorCode::io, said.substr(1));
    if (status != 0 || said.empty() || (said.size() - 1) % sizeof(double) != 0)
        return base::fail(base::ErrorCode::io,
                          "a measuring process ended with status " + std::to_string(status));
    std::vector<double> out((said.size() - 1) / sizeof(double));
    std::memcpy(out.data(), said.data() + 1, said.size() - 1);
    return out;
}

}  // namespace hearsay::bench
