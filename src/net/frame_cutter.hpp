// net/frame_cutter.hpp - cuts frames out of what TLS decrypted:
// a 4-byte big-endian length and that many bytes.
//
//   1. A length of 0 is frame_malformed, one above frame_bytes_max is frame_too_long; both are
//      known from the four bytes alone, and nothing is cut afterwards.
//   2. Frames come one at a time: who reads them may stop after any of them and go on later.
//   3. What is held is what was added and not given out yet. For a frame whose length is known room
//      is made once, for that frame and no more; memory is given back when nothing is held.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>

#include "base/bytes.hpp"
#include "base/fault.hpp"

namespace hearsay::net {

inline constexpr std::size_t frame_length_bytes = 4;

class FrameCutter {
public:
    void add(base::ByteView bytes);
    // The next whole frame, without its length; nothing if more bytes have to come first.
    std::expected<std::optional<base::Bytes>, base::Fault> next();
    // Whether next() has an answer without another byte.
    bool has_next() const;
    std::size_t held() const { return bytes_.size() - at_; }
    void clear();

private:
    // total: at_ is within
    base::ByteView rest() const { return base::ByteView(bytes_).subspan(at_); }

    base::Bytes bytes_;
    std::size_t at_ = 0;  // before it everything was given out
};

}  // namespace hearsay::net
