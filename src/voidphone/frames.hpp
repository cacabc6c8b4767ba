// voidphone/frames.hpp - the four messages of the VoidPhone gossip interface, as bytes.
//
// All numbers are big-endian. A frame begins with its size in bytes, these two included, and its
// type:
//
//   500 ANNOUNCE      size:16 500:16 ttl:8 reserved:8 data type:16 data...   from clients
//   501 NOTIFY        size:16 501:16 reserved:16 data type:16                from clients
//   502 NOTIFICATION  size:16 502:16 message id:16 data type:16 data...      to clients
//   503 VALIDATION    size:16 503:16 message id:16 reserved:15 valid:1       from clients
//
// Source: the specification of the course "Peer-to-peer systems and security" at TU Munich, and its
// functional client. What is reserved is not looked at.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <variant>

#include "base/bytes.hpp"

namespace hearsay::voidphone {

using DataType = std::uint16_t;
using MessageId = std::uint16_t;

inline constexpr std::size_t header_bytes = 4;
// Of an ANNOUNCE and of a NOTIFICATION: all but their data.
inline constexpr std::size_t data_offset = 8;

struct Announce {
    std::uint8_t ttl = 0;
    DataType type = 0;
    base::Bytes data;
    bool operator==(const Announce&) const = default;
};
struct Notify {
    DataType type = 0;
    bool operator==(const Notify&) const = default;
};
struct Validation {
    MessageId id = 0;
    bool valid = false;
    bool operator==(const Validation&) const = default;
};
using Frame = std::variant<Announce, Notify, Validation>;

// What is wrong with a frame of which only the first header_bytes are here, as a sentence for the
// log, or nothing. So nobody has to send, and nobody waits for, what would be refused anyway.
std::optional<std::string> header_problem(base::ByteView header);
// How long the frame is, by its first two bytes.
std::size_t frame_bytes(base::ByteView header);

// A whole frame, of as many bytes as it says. Whatever a client can send gives a frame or a
// sentence.
std::expected<Frame, std::string> read_frame(base::ByteView bytes);

// `data` has at most as many bytes as an item may carry (item/kinds/app_data.hpp).
base::Bytes write_notification(MessageId id, DataType type, base::ByteView data);
// For tests.
base::Bytes write_frame(const Frame& frame);

}  // namespace hearsay::voidphone
