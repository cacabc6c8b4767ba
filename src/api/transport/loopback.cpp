#include "api/transport/loopback.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <utility>

namespace hearsay::api {

namespace {

// Somebody may have a random port at the other address only; another one is tried then.
constexpr int attempts_max = 8;

std::unexpected<base::Error> failure(std::uint16_t port) {
    const bool taken = errno == EADDRINUSE;
    return base::fail(taken ? base::ErrorCode::conflict : base::ErrorCode::io,
                      "cannot listen on 127.0.0.1" +
                          (port == 0 ? std::string() : ":" + std::to_string(port)) + ": " +
                          (taken ? "another program does already" : std::strerror(errno)));
}

// An invalid descriptor and errno, if it cannot be.
template <class Address>
base::UniqueFd bound(int family, const Address& address) {
    base::UniqueFd fd(socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd.valid()) return fd;
    // What a node left behind a minute ago must not keep the port of its successor.
    const int yes = 1;
    setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (family == AF_INET6) setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
    if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return {};
    return fd;
}

base::UniqueFd bound_v4(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return bound(AF_INET, address);
}

base::UniqueFd bound_v6(std::uint16_t port) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(port);
    address.sin6_addr = in6addr_loopback;
    return bound(AF_INET6, address);
}

std::uint16_t port_of(int fd) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
    return ntohs(address.sin_port);
}

}  // namespace

base::Result<Loopback> bind_loopback(std::uint16_t port) {
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
        Loopback out;
        base::UniqueFd v4 = bound_v4(port);
        if (!v4.valid()) return failure(port);
        out.port = port_of(v4.get());
        base::UniqueFd v6 = bound_v6(out.port);
        const bool taken = !v6.valid() && errno == EADDRINUSE;
        if (taken && port != 0) return failure(port);
        if (taken) continue;
        out.sockets.push_back(std::move(v4));
        if (v6.valid()) out.sockets.push_back(std::move(v6));
        return out;
    }
    errno = EADDRINUSE;
    return failure(port);
}

}  // namespace hearsay::api
