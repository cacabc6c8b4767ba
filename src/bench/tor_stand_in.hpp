// bench/tor_stand_in.hpp - what stands where Tor does when nodes of one process are linked: a
// process of its own, so that its time is not theirs, that answers SOCKS5 on a Unix socket and
// passes streams on.
//
// A stream to "<address>.onion" goes to the Unix socket service_name(address) in the same
// directory, after the PROXY line with a fresh circuit number. Streams are copied as they are, at
// any speed, and counted. It ends with its owner, whatever becomes of that.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <sys/types.h>

#include "base/error.hpp"

namespace hearsay::bench {

class TorStandIn {
public:
    // Forks: this process must have one thread. `directory` stays open as `dir_fd` as long as it
    // lives. No stream is taken beyond `streams_max`: whoever makes so many has run wild.
    static base::Result<std::unique_ptr<TorStandIn>> start(int dir_fd, unsigned streams_max = 2000);
    ~TorStandIn();
    TorStandIn(const TorStandIn&) = delete;
    TorStandIn& operator=(const TorStandIn&) = delete;

    // Bytes of streams passed on so far, both directions: TLS and what is in it, no SOCKS,
    // no PROXY line.
    std::uint64_t bytes() const { return *passed_; }

    static std::string service_name(const std::string& onion);
    static constexpr const char* socks_name = "socks";

private:
    TorStandIn() = default;
    pid_t child_ = -1;
    std::atomic<std::uint64_t>* passed_ = nullptr;  // shared with the child
};

}  // namespace hearsay::bench
