// app/cli/picture_file.hpp - makes of a user's file what the network takes as a picture
// (item/kinds/picture.hpp), without touching the image in it.
//
//   1. Only what the image needs is taken over, part by part: not Exif, XMP, IPTC, colour profiles,
//      comments, thumbnails, nor what stands behind the image. So nobody publishes where a
//      photograph was taken without knowing.
//   2. The image is neither decoded nor encoded anew. What does not fit is refused, with a command
//      that makes it fit.
//   3. An image that Exif says is to be turned is refused: without Exif it would lie on its side.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace hearsay::app::cli {

// `file` is its name, for the error.
std::expected<std::string, std::string> picture_of(std::string_view content,
                                                   const std::string& file);
// The same of files that are read; the error begins with "--picture: ".
std::expected<std::vector<std::string>, std::string> load_pictures(
    const std::vector<std::string>& files);

}  // namespace hearsay::app::cli
