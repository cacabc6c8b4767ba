#include "net/frame_cutter.hpp"

#include <algorithm>

#include "base/limits/frames.hpp"

namespace hearsay::net {
namespace {

std::optional<std::size_t> length_ahead(base::ByteView from) {
    if (from.size() < frame_length_bytes) return std::nullopt;
    return base::read_big_endian<std::uint32_t>(from.first<frame_length_bytes>());
}

bool is_allowed(std::size_t length) {
    return length != 0 && length <= base::limits::frame_bytes_max;
}

}  // namespace

void FrameCutter::add(base::ByteView bytes) {
    bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(at_));
    at_ = 0;
    const auto length = length_ahead(bytes_);
    const std::size_t whole = length && is_allowed(*length) ? frame_length_bytes + *length : 0;
    bytes_.reserve(std::max(whole, bytes_.size()) + bytes.size());
    base::append(bytes_, bytes);
}

bool FrameCutter::has_next() const {
    const auto length = length_ahead(rest());
    return length && (!is_allowed(*length) || held() - frame_length_bytes >= *length);
}

std::expected<std::optional<base::Bytes>, base::Fault> FrameCutter::next() {
    if (!has_next()) return std::nullopt;
    const std::size_t length = *length_ahead(rest());  // total: has_next() has looked
    if (length == 0) return std::unexpected(base::Fault::frame_malformed);
    if (length > base::limits::frame_bytes_max) return std::unexpected(base::Fault::frame_too_long);
    // total: likewise
    base::Bytes frame = base::to_bytes(rest().subspan(frame_length_bytes, length));
    at_ += frame_length_bytes + length;
    if (held() == 0) clear();
    return frame;
}

void FrameCutter::clear() {
    bytes_ = {};
    at_ = 0;
}

}  // namespace hearsay::net
