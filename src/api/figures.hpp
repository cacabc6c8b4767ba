// api/figures.hpp - what a node has to say to whoever watches it over time.
#pragma once

#include <cstdint>

#include "api.pb.h"

namespace hearsay::api {

// For whoever watches many nodes: what a Status has no room for, since the node's start.
struct Figures {
    Status status;
    std::uint64_t links_opened_in = 0, links_opened_out = 0, dials_failed = 0;
    std::uint64_t frames_received = 0, frames_sent = 0;
    std::uint64_t bytes_received = 0, bytes_sent = 0;  // of frames, before TLS and Tor
    std::uint64_t turns = 0;
    double turn_seconds = 0;
    double cpu_seconds = 0;
    std::uint64_t memory_bytes = 0;
    std::uint64_t open_files = 0;
};

}  // namespace hearsay::api
