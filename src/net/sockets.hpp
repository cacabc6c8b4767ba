// net/sockets.hpp - Unix stream sockets named relative to an open directory.
//
// A socket's path holds at most 108 bytes, a data directory may have 200 characters. Sockets are
// therefore reached through /proc/self/fd/<dir_fd>/<name>, which is short whatever the directory.
// This is the only file of the room that makes sockets, and it makes only AF_UNIX ones.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/unique_fd.hpp"

namespace hearsay::net {

using base::UniqueFd;

// A listening, non-blocking socket of mode 0600. A socket that a dead process left there is
// removed; one that somebody still listens on is ErrorCode::conflict, and so is any other kind of
// file. `name` is a plain file name.
base::Result<UniqueFd> listen_unix(int dir_fd, const std::string& name);
// Connected and non-blocking. Unix sockets connect at once or not at all.
base::Result<UniqueFd> connect_unix(int dir_fd, const std::string& name);

}  // namespace hearsay::net
