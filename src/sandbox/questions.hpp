// sandbox/questions.hpp - what a node asks its helper, see helper.hpp.
#pragma once

#include <array>
#include <csignal>
#include <cstdint>

namespace hearsay::sandbox::questions {

inline constexpr std::int32_t start_tor = 1;  // with four descriptors; the answer is a process id
inline constexpr std::int32_t bind_loopback = 2;  // of a port, or 0; the answer is port and sockets

// Of an answer about a port.
inline constexpr std::int32_t is_taken = 1;
inline constexpr std::int32_t is_not_to_be_had = 2;

}  // namespace hearsay::sandbox::questions

namespace hearsay::sandbox {

// Signals that the node takes; the helper goes when the node has gone.
inline constexpr std::array left_to_the_node{SIGINT, SIGTERM, SIGHUP};

}  // namespace hearsay::sandbox
