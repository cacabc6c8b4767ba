// item/kinds/picture.hpp - kind 8: a picture that an offer or a profile shows. docs/protocol.md,
// "Pictures".
//
// The payload is the file itself. Nobody who relays decodes it. What is looked at is the frame
// around the image, so that whoever shows it gives a decoder nothing but what a decoder expects,
// and a file is an image and nothing besides. Rules, for everybody who relays:
//   1. at most picture_bytes_max bytes
//   2. a WebP with one lossy chunk and nothing else, or a baseline JPEG with one scan. Every length
//      in it is followed to the last byte, which ends the image (picture_webp.cpp and _jpeg.cpp)
//   3. at least 1 and at most picture_side_max pixels a side, as the image itself says
//   4. slot is the first 16 bytes of the payload's hash; there is no mailbox
// So there is no room for where and with what it was taken, and a persona has one item for all
// offers that show the same picture.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "item/item.hpp"

namespace hearsay::item {

inline constexpr Kind kind_picture = 8;
inline constexpr std::size_t picture_bytes_max = 16 * 1024;
inline constexpr std::uint32_t picture_side_max = 640;

enum class PictureFormat { webp, jpeg };
std::string_view name(PictureFormat format);        // "webp", "jpeg"
std::string_view media_type(PictureFormat format);  // "image/webp", "image/jpeg"

struct PictureFacts {
    PictureFormat format{};
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    bool operator==(const PictureFacts&) const = default;
};
using PictureVerdict = std::expected<PictureFacts, std::string>;

// Rules 1 to 3; what is wrong, as a sentence for the user.
PictureVerdict read_picture(base::ByteView payload);
// Rule 2 and 3 of each format.
PictureVerdict read_webp(base::ByteView payload);
PictureVerdict read_jpeg(base::ByteView payload);
// Rule 3.
std::optional<std::string> side_problem(std::uint32_t width, std::uint32_t height);

// Of rule 4.
base::Slot picture_slot(const base::Digest& hash);
// What `publisher` makes of a picture is this thing.
ThingId picture_thing(const base::PublisherKey& publisher, const base::Digest& hash);
// Rules 1 to 4.
std::optional<std::string> picture_content_problem(const Read& item);

}  // namespace hearsay::item
