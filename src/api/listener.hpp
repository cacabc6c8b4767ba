// api/listener.hpp - the Unix socket that clients find: DIR/api, mode 0600.
//
// Rules:
//   1. The directory is given as an open descriptor and named /proc/self/fd/N, because the path in
//      a sockaddr_un is at most 107 bytes and data directories may be longer.
//   2. A socket that nobody answers on is left over from a node that died, and is removed.
//      One that answers belongs to another node: `conflict`. Anything else by that name is
//      somebody's file: `conflict`, and it stays.
//   3. The mode is set before the name appears; no moment lets another user in.
//   4. At the end the name is removed if it is still ours.
#pragma once

#include <sys/types.h>

#include "base/error.hpp"

namespace hearsay::api {

class Listener {
public:
    static base::Result<Listener> open(int dir_fd);
    Listener(Listener&& other) noexcept;
    Listener& operator=(Listener&&) = delete;
    ~Listener();

    int fd() const { return fd_; }  // bound, non-blocking, not listening yet
    int release();                  // the caller closes it; the name is still removed here

private:
    Listener(int dir_fd, int fd, dev_t device, ino_t inode)
        : dir_fd_(dir_fd), fd_(fd), device_(device), inode_(inode) {}
    int dir_fd_;  // our own duplicate
    int fd_;
    dev_t device_;
    ino_t inode_;
};

// The user who runs the process at the other end, or nothing if the system does not say.
base::Result<uid_t> peer_user(int fd);
// Only the node's own user and root may talk to it.
inline bool may_talk(uid_t peer, uid_t self) {
    return peer == self || peer == 0;
}

}  // namespace hearsay::api
