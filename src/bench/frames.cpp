#include "bench/frames.hpp"

#include <optional>

namespace hearsay::bench {
namespace {

constexpr unsigned length_delimited = 2;

// Protobuf's base-128 number at the front, taken off.
std::optional<std::uint64_t> take_number(base::ByteView& from) {
    std::uint64_t out = 0;
    for (unsigned shift = 0; shift < 64 && !from.empty(); shift += 7) {
        const std::uint8_t byte = from.front();
        from = from.subspan(1);
        out |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0) return out;
    }
    return std::nullopt;
}

struct Field {
    std::uint64_t number = 0;
    base::ByteView content;
};
// A length-delimited field at the front, taken off.
std::optional<Field> take_field(base::ByteView& from) {
    const auto tag = take_number(from);
    if (!tag || (*tag & 7) != length_delimited) return std::nullopt;
    const auto size = take_number(from);
    if (!size || *size > from.size()) return std::nullopt;
    const Field out{*tag >> 3, from.first(static_cast<std::size_t>(*size))};
    from = from.subspan(static_cast<std::size_t>(*size));
    return out;
}

}  // namespace

FrameKind kind_of(base::ByteView frame) {
    const auto field = take_field(frame);
    if (!field || field->number > static_cast<unsigned>(FrameKind::done)) return FrameKind::none;
    return static_cast<FrameKind>(field->number);
}

std::size_t items_in(base::ByteView frame) {
    const auto body = take_field(frame);
    if (!body || body->number != static_cast<unsigned>(FrameKind::items)) return 0;
    std::size_t count = 0;
    for (base::ByteView rest = body->content; !rest.empty(); ++count)
        if (!take_field(rest)) return 0;
    return count;
}

}  // namespace hearsay::bench
