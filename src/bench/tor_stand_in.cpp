#include "bench/tor_stand_in.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "net/sockets.hpp"

namespace hearsay::bench {
namespace {

using Count = std::atomic<std::uint64_t>;
using net::UniqueFd;

constexpr std::size_t service_name_size = 24;
constexpr std::size_t pump_bytes = 64 * 1024;

void make_blocking(int fd) {
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) & ~O_NONBLOCK);
}

bool read_exactly(int fd, void* data, std::size_t size) {
    auto* at = static_cast<char*>(data);
    while (size > 0) {
        const ssize_t got = ::read(fd, at, size);
        if (got <= 0) return false;
        at += got;
        size -= static_cast<std::size_t>(got);
    }
    return true;
}

bool write_exactly(int fd, const void* data, std::size_t size) {
    const auto* at = static_cast<const char*>(data);
    while (size > 0) {
        const ssize_t written = ::write(fd, at, size);
        if (written <= 0) return false;
        at += written;
        size -= static_cast<std::size_t>(written);
    }
    return true;
}

// RFC 1928 and 1929 as far as our own client goes: a host name, or nothing.
std::string accept_socks(int fd) {
    std::array<std::uint8_t, 255> field{};
    const auto skip_field = [&] {
        std::uint8_t size = 0;
        return read_exactly(fd, &size, 1) && read_exactly(fd, field.data(), size);
    };
    std::array<std::uint8_t, 5> head{};
    const std::array<std::uint8_t, 2> with_password{5, 2};
    const std::array<std::uint8_t, 2> welcome{1, 0};
    if (!read_exactly(fd, head.data(), 1) || head[0] != 5 || !skip_field()) return {};
    if (!write_exactly(fd, with_password.data(), with_password.size())) return {};
    if (!read_exactly(fd, head.data(), 1) || !skip_field() || !skip_field()) return {};
    if (!write_exactly(fd, welcome.data(), welcome.size())) return {};
    if (!read_exactly(fd, head.data(), head.size()) || head[1] != 1 || head[3] != 3) return {};
    std::string host(head[4], '\0');
    std::array<std::uint8_t, 2> port{};
    if (!read_exactly(fd, host.data(), host.size()) || !read_exactly(fd, port.data(), port.size()))
        return {};
    return host;
}

void pump(int from, int to, Count& passed) {
    std::array<char, pump_bytes> buffer{};
    while (true) {
        const ssize_t got = ::read(from, buffer.data(), buffer.size());
        if (got <= 0 || !write_exactly(to, buffer.data(), static_cast<std::size_t>(got))) break;
        passed += static_cast<std::uint64_t>(got);
    }
    ::shutdown(to, SHUT_WR);
}

void serve(UniqueFd client, int dir_fd, unsigned circuit, Count& passed) {
    make_blocking(client.get());
    const std::string host = accept_socks(client.get());
    auto service = net::connect_unix(dir_fd, TorStandIn::service_name(host));
    const bool there = !host.empty() && service;
    const std::array<std::uint8_t, 10> reply{
        5, there ? std::uint8_t{0} : std::uint8_t{0xF0}, 0, 1, 0, 0, 0, 0, 0, 0};
    if (!there) {
        write_exactly(client.get(), reply.data(), reply.size());
        return;
    }
    make_blocking(service->get());
    std::array<char, 128> line{};
    const int size = std::snprintf(line.data(), line.size(),
                                   "PROXY TCP6 fc00:dead:beef:4dad::%x:%x ::1 22 9999\r\n",
                                   circuit >> 16, circuit & 0xffff);
    if (!write_exactly(service->get(), line.data(), static_cast<std::size_t>(size)) ||
        !write_exactly(client.get(), reply.data(), reply.size()))
        return;
    std::thread back([&] { pump(service->get(), client.get(), passed); });
    pump(client.get(), service->get(), passed);
    back.join();
}

[[noreturn]] void stand_in(UniqueFd listener, int dir_fd, unsigned streams_max, Count& passed) {
    std::signal(SIGPIPE, SIG_IGN);
    make_blocking(listener.get());
    for (unsigned stream = 1; stream <= streams_max; ++stream) {
        UniqueFd client(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!client.valid()) break;
        std::thread([client = std::move(client), dir_fd, stream, &passed]() mutable {
            serve(std::move(client), dir_fd, stream, passed);
        }).detach();
    }
    while (true) ::pause();  // until our owner ends us
}

}  // namespace

std::string TorStandIn::service_name(const std::string& onion) {
    return onion.substr(0, service_name_size);
}

base::Result<std::unique_ptr<TorStandIn>> TorStandIn::start(int dir_fd, unsigned streams_max) {
    std::unique_ptr<TorStandIn> out(new TorStandIn);
    void* shared =
        ::mmap(nullptr, sizeof(Count), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) return base::fail(base::ErrorCode::io, "no shared memory");
    out->passed_ = new (shared) Count(0);
    auto listener = net::listen_unix(dir_fd, socks_name);
    if (!listener) return std::unexpected(listener.error());
    std::fflush(nullptr);
    const pid_t owner = ::getpid();
    const pid_t child = ::fork();
    if (child < 0)
        return base::fail(base::ErrorCode::io,
                          std::string("no further process: ") + std::strerror(errno));
    if (child == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != owner) std::_Exit(0);
        stand_in(std::move(*listener), dir_fd, streams_max, *out->passed_);
    }
    out->child_ = child;
    return out;
}

TorStandIn::~TorStandIn() {
    if (child_ > 0) {
        ::kill(child_, SIGKILL);
        int status = 0;
        while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {
        }
    }
    if (passed_) ::munmap(passed_, sizeof(Count));
}

}  // namespace hearsay::bench
