#include "sandbox/message.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>

namespace hearsay::sandbox {
namespace {

struct Head {
    std::int32_t kind;
    std::int32_t value;
};

struct Control {
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * message_fds_max)> bytes{};
};

}  // namespace

bool send(int socket, const Message& message) {
    Head head{message.kind, message.value};
    const std::size_t text = std::min(message.text.size(), message_text_max);
    iovec parts[] = {{&head, sizeof head}, {const_cast<char*>(message.text.data()), text}};
    msghdr packet{};
    packet.msg_iov = parts;
    packet.msg_iovlen = 2;
    Control control;
    if (message.fds.size() > message_fds_max) return false;
    if (!message.fds.empty()) {
        const std::size_t bytes = sizeof(int) * message.fds.size();
        packet.msg_control = control.bytes.data();
        packet.msg_controllen = CMSG_SPACE(bytes);
        cmsghdr* const rights = CMSG_FIRSTHDR(&packet);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(bytes);
        for (std::size_t i = 0; i < message.fds.size(); ++i) {
            const int fd = message.fds[i].get();
            std::memcpy(CMSG_DATA(rights) + i * sizeof fd, &fd, sizeof fd);
        }
    }
    ssize_t sent = -1;
    do sent = sendmsg(socket, &packet, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent == static_cast<ssize_t>(sizeof head + text);
}

std::optional<Message> receive(int socket) {
    Head head{};
    std::array<char, message_text_max> text{};
    iovec parts[] = {{&head, sizeof head}, {text.data(), text.size()}};
    msghdr packet{};
    Control control;
    packet.msg_iov = parts;
    packet.msg_iovlen = 2;
    packet.msg_control = control.bytes.data();
    packet.msg_controllen = control.bytes.size();
    ssize_t got = -1;
    do got = recvmsg(socket, &packet, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    if (got <= 0) return std::nullopt;
    Message out;
    for (cmsghdr* each = CMSG_FIRSTHDR(&packet); each != nullptr;
         each = CMSG_NXTHDR(&packet, each)) {
        if (each->cmsg_level != SOL_SOCKET || each->cmsg_type != SCM_RIGHTS) continue;
        const std::size_t count = (each->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int fd = -1;
            std::memcpy(&fd, CMSG_DATA(each) + i * sizeof fd, sizeof fd);
            out.fds.emplace_back(fd);
        }
    }
    const auto size = static_cast<std::size_t>(got);
    if (size < sizeof head || (packet.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
        return std::nullopt;
    out.kind = head.kind;
    out.value = head.value;
    out.text.assign(text.data(), size - sizeof head);
    return out;
}

}  // namespace hearsay::sandbox
