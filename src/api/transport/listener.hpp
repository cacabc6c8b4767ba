// api/transport/listener.hpp - the Unix socket that clients find: DIR/api, mode 0600.
//
// Rules:
//   1. The directory is given as an open descriptor and named /proc/self/fd/N, because the path in
//      a sockaddr_un is at most 107 bytes and data directories may be longer.
//   2. A socket that nobody answers on is left over from a node that died, and is removed.
//      One that answers belongs to another node: `conflict`. Anything else by that name is
//      somebody's file: `conflict`, and it stays.
//   3. The mode is set before the name appears; no moment lets another user in.
//   4. With a group its members may connect, too (mode 0660): who they are, the gate asks again.
//   5. At the end the name is removed if it is still ours.
#pragma once

#include <optional>
#include <sys/types.h>
#include <utility>

#include "base/error.hpp"
#include "base/unique_fd.hpp"

namespace hearsay::api {

class Listener {
public:
    static base::Result<Listener> open(int dir_fd, std::optional<gid_t> group = {});
    Listener(Listener&&) = default;
    Listener& operator=(Listener&&) = delete;
    ~Listener();

    // Bound and non-blocking, not listening yet. Whoever takes it closes it; the name is still
    // removed here.
    base::UniqueFd take_socket() { return std::move(socket_); }

private:
    Listener(base::UniqueFd dir, base::UniqueFd socket, dev_t device, ino_t inode)
        : dir_(std::move(dir)), socket_(std::move(socket)), device_(device), inode_(inode) {}
    base::UniqueFd dir_;  // our own duplicate
    base::UniqueFd socket_;
    dev_t device_;
    ino_t inode_;
};

}  // namespace hearsay::api
