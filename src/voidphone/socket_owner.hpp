// voidphone/socket_owner.hpp - which user's program is at the other end of a TCP connection of the
// loopback. TCP does not tell; the system's table of sockets does (/proc/net/tcp and tcp6).
//
// A socket whose program closed it already belongs to nobody: the table says user 0 and inode 0,
// whoever it was. Such a row is no answer. Else every user could be root by closing early.
#pragma once

#include <optional>
#include <string_view>
#include <sys/socket.h>
#include <sys/types.h>

namespace hearsay::voidphone {

// By the text of such a table: the user of the socket with this own address and this other one,
// both as the table writes them. Nothing if there is none, or it belongs to nobody. Rows that do
// not read are passed over.
std::optional<uid_t> owner_in(std::string_view table, std::string_view local,
                              std::string_view remote);

// Of an accepted connection, 127.0.0.1 or ::1; nothing if the system does not say.
std::optional<uid_t> owner_of_peer(int fd);

}  // namespace hearsay::voidphone
