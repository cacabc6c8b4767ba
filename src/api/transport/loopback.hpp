// api/transport/loopback.hpp - TCP sockets on this machine's loopback, the only ones that the node
// itself ever listens on, and only when its page was asked for.
//
// Both addresses have the same port, so that nobody else answers at the other one. A machine
// without IPv6 has one of them.
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.hpp"
#include "base/unique_fd.hpp"

namespace hearsay::api {

struct Loopback {
    std::uint16_t port = 0;
    std::vector<base::UniqueFd> sockets;  // bound and non-blocking, not listening yet
};

// `port` 0 takes one that is free. `conflict` if somebody has it.
base::Result<Loopback> bind_loopback(std::uint16_t port);

}  // namespace hearsay::api
