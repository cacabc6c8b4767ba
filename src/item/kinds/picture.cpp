#include "item/kinds/picture.hpp"

#include <algorithm>

namespace hearsay::item {

std::string_view name(PictureFormat format) {
    return format == PictureFormat::webp ? "webp" : "jpeg";
}

std::string_view media_type(PictureFormat format) {
    return format == PictureFormat::webp ? "image/webp" : "image/jpeg";
}

std::optional<std::string> side_problem(std::uint32_t width, std::uint32_t height) {
    if (width >= 1 && height >= 1 && width <= picture_side_max && height <= picture_side_max)
        return std::nullopt;
    return "the picture is " + std::to_string(width) + "x" + std::to_string(height) +
           " pixels; it may have 1 to " + std::to_string(picture_side_max) + " a side";
}

PictureVerdict read_picture(base::ByteView payload) {
    if (payload.size() > picture_bytes_max)
        return std::unexpected("the picture is " + std::to_string(payload.size()) +
                               " bytes; at most " + std::to_string(picture_bytes_max) + " fit");
    if (base::as_text(payload).starts_with("RIFF")) return read_webp(payload);
    if (payload.size() >= 2 && payload[0] == 0xff && payload[1] == 0xd8) return read_jpeg(payload);
    return std::unexpected("the picture is neither a WebP nor a JPEG");
}

base::Slot picture_slot(const base::Digest& hash) {
    base::Slot out;
    std::copy_n(hash.data.begin(), out.data.size(), out.data.begin());
    return out;
}

ThingId picture_thing(const base::PublisherKey& publisher, const base::Digest& hash) {
    Publication claim;
    claim.publisher = publisher;
    claim.slot = picture_slot(hash);
    return thing_of(claim);
}

std::optional<std::string> picture_content_problem(const Read& item) {
    const Publication* claim = item.header.publication();
    if (!claim) return "a picture that nobody published";
    if (claim->slot != picture_slot(item.header.payload_sha256))
        return "a picture in another slot than its hash's";
    if (claim->mailbox) return "a picture with a mailbox";
    if (const auto verdict = read_picture(item.item.payload); !verdict) return verdict.error();
    return std::nullopt;
}

}  // namespace hearsay::item
