#include "api/transport/gate.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <sys/socket.h>

#include "api/encode/answers.hpp"

namespace hearsay::api {

using base::ErrorCode;

namespace {

bool is_own_host(std::string_view host) {
    const std::string_view name = host.substr(0, host.find(':'));
    return same_word(name, "hearsay") || same_word(name, "localhost");
}

}  // namespace

base::Result<uid_t> peer_user(int fd) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
        return base::fail(ErrorCode::io,
                          std::string("cannot tell who connected: ") + std::strerror(errno));
    return peer.uid;
}

bool is_of_group(int fd, gid_t group) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.gid == group)
        return true;
    // The kernel takes 65,536 groups; with more than these nobody is let in who would be.
    std::array<gid_t, 4096> groups{};
    size = sizeof groups;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size) != 0) return false;
    const std::size_t count = std::min(groups.size(), size / sizeof(gid_t));
    return std::find(groups.begin(), groups.begin() + static_cast<std::ptrdiff_t>(count), group) !=
           groups.begin() + static_cast<std::ptrdiff_t>(count);
}

std::optional<Response> UnixGate::refuse_connection(int fd) const {
    const base::Result<uid_t> user = peer_user(fd);
    if (user && may_talk(*user, self_)) return std::nullopt;
    if (group_ && is_of_group(fd, *group_)) return std::nullopt;
    return error_response(
        403, ErrorCode::denied,
        "this node belongs to another user; only that user and root may talk to it");
}

std::optional<Response> UnixGate::refuse_request(const HttpHead& head) const {
    if (head.count("origin") != 0)
        return error_response(403, ErrorCode::denied,
                              "web pages may not use this interface (Origin is set)");
    // HTTP/1.0 may leave it out; the reader has seen that there is one at most.
    const std::optional<std::string_view> host = head.find("host");
    if (host && !is_own_host(*host))
        return error_response(403, ErrorCode::denied, "Host must be \"hearsay\" or \"localhost\"");
    return std::nullopt;
}

}  // namespace hearsay::api
