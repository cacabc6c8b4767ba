// What is taken of a user's file, and how what does not fit is refused.
#include "app/cli/picture_file.hpp"

#include <doctest/doctest.h>

#include "item/kinds/picture.hpp"
#include "unit/item/picture_samples.hpp"

namespace hearsay::app::cli {
namespace {

using samples::jpeg_part;
using samples::riff;
using samples::riff_chunk;

std::string problem(const std::string& file) {
    const auto made = picture_of(file, "my photo.jpg");
    return made ? "ok" : made.error();
}
bool says(const std::string& file, std::string_view word) {
    const std::string said = problem(file);
    CAPTURE(said);
    return said.find(word) != std::string::npos;
}
// Exif whose first directory says how the camera was held.
std::string exif(char orientation) {
    return jpeg_part(0xe1, std::string("Exif\0\0MM\0\x2a\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0", 25) +
                               orientation + std::string("\0\0\0\0\0\0", 6));
}

TEST_CASE("what is a picture already stays as it is") {
    CHECK(picture_of(samples::jpeg_of(), "x") == samples::jpeg_of());
    CHECK(picture_of(samples::webp_of({.rest = 21}), "x") == samples::webp_of({.rest = 21}));
}

TEST_CASE("of a JPEG nothing but the image is taken") {
    const std::string all = jpeg_part(0xe0, std::string("JFIF\0\1\1\0\0\1\0\1\0\0", 14)) + exif(1) +
                            jpeg_part(0xe1, "http://ns.adobe.com/xap/1.0/") +
                            jpeg_part(0xe2, "ICC_PROFILE") + jpeg_part(0xed, "Photoshop 3.0") +
                            jpeg_part(0xfe, "taken at home");
    CHECK(picture_of(samples::jpeg_of({.before = all}), "x") == samples::jpeg_of());
    CHECK(picture_of(samples::jpeg_of({.end = "\xff\xd9PK and a hidden archive"}), "x") ==
          samples::jpeg_of());
    CHECK(picture_of(samples::jpeg_of({.before = "\xff\xff" + jpeg_part(0xfe, "x").substr(1)}),
                     "x") == samples::jpeg_of());
}

TEST_CASE("of a WebP nothing but the lossy image is taken") {
    const std::string image = riff_chunk("VP8 ", samples::webp_frame());
    const std::string file =
        riff(riff_chunk("VP8X", std::string(10, '\0')) + riff_chunk("ICCP", "abc") + image +
             riff_chunk("EXIF", "where") + riff_chunk("XMP ", "who"));
    CHECK(picture_of(file, "x") == samples::webp_of());
    CHECK(says(riff(riff_chunk("VP8L", "abcd")), "without losses"));
    CHECK(says(riff(riff_chunk("ALPH", "abcd") + image), "transparency"));
    CHECK(says(riff(riff_chunk("ANIM", "abcd") + image), "animated"));
    CHECK(says(riff(image + image), "two images"));
    CHECK(says(riff(""), "without an image"));
    CHECK(says(riff(image).substr(0, 40), "cut off"));
}

TEST_CASE("what does not fit is refused with what would make it fit") {
    CHECK(problem(samples::jpeg_of({.width = 1024, .height = 768, .data = "x"})) ==
          "1024x768 pixels: at most 640 a side; try: cwebp -metadata none -noalpha -resize 640 0 "
          "-q 50 'my photo.jpg' -o smaller.webp");
    CHECK(says(samples::jpeg_of({.width = 100, .height = 700, .data = "x"}), "-resize 0 640"));
    CHECK(says(samples::jpeg_of({.data = std::string(20'000, 'x')}), "at most 16384"));
    CHECK(says(samples::jpeg_of({.frame = 0xc2}), "jpegtran -copy none"));
    CHECK(says(samples::jpeg_of({.width = 2000, .frame = 0xc2}), "-resize 640 0"));
    CHECK(says("\x89PNG\r\n\x1a\n" + std::string("\0\0\0\x0dIHDR\0\0\4\0\0\0\3\0", 16), "a PNG"));
    CHECK(says("\x89PNG\r\n\x1a\n" + std::string("\0\0\0\x0dIHDR\0\0\4\0\0\0\3\0", 16),
               "-resize 640 0"));
    CHECK(says("GIF89a", "neither"));
    CHECK(says("", "neither"));
    CHECK(says(samples::jpeg_of({.data = "a\xff\xda"
                                         "b"}),
               "several scans"));
}

TEST_CASE("an image that only Exif turns is refused, because Exif goes") {
    CHECK(problem(samples::jpeg_of({.before = exif(1)})) == "ok");
    CHECK(says(samples::jpeg_of({.before = exif(6)}), "exiftran"));
    CHECK(problem(samples::jpeg_of({.before = jpeg_part(0xe1, "Exif")})) == "ok");
}

TEST_CASE("files that are not there are told of") {
    const auto none = load_pictures({"/nonexistent/x.jpg"});
    REQUIRE(!none);
    CHECK(none.error() == "--picture: cannot read /nonexistent/x.jpg: No such file or directory");
    CHECK(load_pictures({})->empty());
}

}  // namespace
}  // namespace hearsay::app::cli
