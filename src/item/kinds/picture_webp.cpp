// WebP: RIFF with one lossy chunk. RFC 9649, sections 2.3 to 2.5; RFC 6386, section 9.1.
#include "item/kinds/picture.hpp"

namespace hearsay::item {
namespace {

std::uint32_t little_endian(base::ByteView bytes) {
    std::uint32_t out = 0;
    for (std::size_t at = bytes.size(); at > 0; --at) out = out << 8 | bytes[at - 1];
    return out;
}

// RIFF, size, WEBP, "VP8 ", size; then the frame: a tag of 3 bytes, a start code, two sides.
constexpr std::size_t chunk_at = 20;
constexpr std::size_t frame_head = 10;

PictureVerdict read_frame(base::ByteView frame) {
    if (frame.size() < frame_head) return std::unexpected("a WebP that is cut off");
    const std::uint32_t tag = little_endian(frame.first(3));
    const bool shown_key_frame = (tag & 1) == 0 && (tag >> 4 & 1) == 1;
    const std::uint32_t version = tag >> 1 & 7;
    const std::uint32_t first_partition = tag >> 5;
    if (!shown_key_frame || version > 3) return std::unexpected("a WebP without a still image");
    if (base::as_text(frame.subspan(3, 3)) != "\x9d\x01\x2a")
        return std::unexpected("a WebP whose image does not begin as one");
    if (first_partition == 0 || first_partition > frame.size() - frame_head)
        return std::unexpected("a WebP that is cut off");
    const std::uint32_t width = little_endian(frame.subspan(6, 2));
    const std::uint32_t height = little_endian(frame.subspan(8, 2));
    if (width >> 14 != 0 || height >> 14 != 0)
        return std::unexpected("a WebP that asks to be enlarged");
    if (auto problem = side_problem(width, height)) return std::unexpected(*std::move(problem));
    return PictureFacts{PictureFormat::webp, width, height};
}

}  // namespace

PictureVerdict read_webp(base::ByteView payload) {
    if (payload.size() < chunk_at + frame_head) return std::unexpected("a WebP that is cut off");
    if (base::as_text(payload.subspan(8, 4)) != "WEBP" ||
        base::as_text(payload.subspan(12, 4)) != "VP8 ")
        return std::unexpected("a WebP with something else than one lossy image");
    const std::uint64_t file = little_endian(payload.subspan(4, 4));
    const std::uint64_t chunk = little_endian(payload.subspan(16, 4));
    const std::uint64_t padding = chunk % 2;
    if (file + 8 != payload.size() || chunk_at + chunk + padding != payload.size())
        return std::unexpected("a WebP that is cut off, or holds more than its image");
    if (padding == 1 && payload.back() != 0)
        return std::unexpected("a WebP with something in its padding");
    return read_frame(payload.subspan(chunk_at, static_cast<std::size_t>(chunk)));
}

}  // namespace hearsay::item
