// sandbox/message.hpp - one datagram with descriptors, over a Unix socket of type SEQPACKET.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/unique_fd.hpp"

namespace hearsay::sandbox {

inline constexpr std::size_t message_fds_max = 4;
inline constexpr std::size_t message_text_max = 512;

struct Message {
    std::int32_t kind = 0;   // of a question: what is asked; of an answer: 0, or what went wrong
    std::int32_t value = 0;  // a port, a process id
    std::string text{};      // cut at message_text_max
    std::vector<base::UniqueFd> fds{};
};

bool send(int socket, const Message& message);
// Nothing at the end of the conversation, and for what is no message. Descriptors that come are
// close-on-exec.
std::optional<Message> receive(int socket);

}  // namespace hearsay::sandbox
