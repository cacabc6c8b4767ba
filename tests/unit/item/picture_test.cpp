// Kind 8: what is a picture, and what only looks like one.
#include "item/kinds/picture.hpp"

#include <doctest/doctest.h>

#include "crypto/sha256.hpp"
#include "picture_samples.hpp"
#include "samples.hpp"

namespace hearsay {
namespace {

using item::PictureFacts;
using item::PictureFormat;
using samples::JpegWish;
using samples::WebpWish;

std::string verdict(const std::string& file) {
    const auto facts = item::read_picture(base::as_bytes(file));
    return facts ? "ok" : facts.error();
}
bool says(const std::string& file, std::string_view word) {
    const std::string said = verdict(file);
    CAPTURE(said);
    return said.find(word) != std::string::npos;
}

item::Item published(const base::Bytes& file, const base::Slot& slot, bool with_mailbox = false) {
    item::Publication claim{samples::persona(1), slot, 1, false, std::nullopt};
    if (with_mailbox) claim.mailbox = samples::filled<base::MailboxId>(3);
    return item::make_publication(
        {samples::network, item::kind_picture, samples::noon, base::Seconds(3600)}, claim, file,
        samples::filled<base::Secret>(1));
}
std::string item_verdict(const item::Item& made) {
    return item::content_problem(*samples::accepted(made)).value_or("ok");
}

TEST_CASE("a JPEG and a WebP are pictures, and tell their sides") {
    CHECK(item::read_picture(samples::jpeg({.width = 640, .height = 1})) ==
          PictureFacts{PictureFormat::jpeg, 640, 1});
    CHECK(item::read_picture(samples::webp({.width = 1, .height = 640})) ==
          PictureFacts{PictureFormat::webp, 1, 640});
    CHECK(item::media_type(PictureFormat::jpeg) == "image/jpeg");
    CHECK(item::media_type(PictureFormat::webp) == "image/webp");
}

TEST_CASE("a picture has 1 to 640 pixels a side, whatever its size in bytes") {
    CHECK(says(samples::jpeg_of({.width = 641}), "641x16"));
    CHECK(says(samples::jpeg_of({.height = 641}), "16x641"));
    CHECK(says(samples::jpeg_of({.width = 65535, .height = 65535, .data = "x"}), "65535"));
    CHECK(says(samples::jpeg_of({.height = 0, .data = "x"}), "16x0"));
    CHECK(says(samples::webp_of({.width = 641}), "641x16"));
    CHECK(says(samples::webp_of({.height = 16383}), "16383"));
    CHECK(says(samples::webp_of({.width = 0}), "0x16"));
    CHECK(says(samples::webp_of({.width = 16 | 1 << 14}), "enlarged"));
}

TEST_CASE("a picture has at most 16384 bytes") {
    const std::size_t head = samples::jpeg_of({.data = "x"}).size() - 1;
    CHECK(verdict(samples::jpeg_of({.data = std::string(16384 - head, 'x')})) == "ok");
    CHECK(says(samples::jpeg_of({.data = std::string(16385 - head, 'x')}), "16385 bytes"));
}

TEST_CASE("what is neither is no picture") {
    for (const std::string_view file : {"", "x", "\xff", "GIF89a", "\x89PNG\r\n\x1a\n", "<svg/>"})
        CHECK(says(std::string(file), "neither"));
    CHECK(says("\xff\xd8", "cut off"));
    CHECK(says("RIFF", "cut off"));
}

TEST_CASE("a picture that lacks its end is cut off, wherever it was cut") {
    for (const std::string& whole : {samples::jpeg_of(), samples::webp_of()})
        for (std::size_t size = 0; size < whole.size(); ++size)
            CHECK(verdict(whole.substr(0, size)) != "ok");
}

TEST_CASE("nothing stands behind a picture: no file is an image and something else") {
    for (const std::string& whole : {samples::jpeg_of(), samples::webp_of()})
        for (const std::string& more :
             {std::string("x"), std::string(1, '\0'), std::string("PK\3\4"), whole})
            CHECK(verdict(whole + more) != "ok");
    // Not even where the length of the whole says so.
    CHECK(says(samples::riff(samples::riff_chunk("VP8 ", samples::webp_frame()) + "PK\3\4"),
               "more than its image"));
}

TEST_CASE("a WebP is one lossy chunk") {
    const std::string frame = samples::riff_chunk("VP8 ", samples::webp_frame());
    for (const std::string_view kind : {"VP8X", "VP8L", "EXIF", "XMP ", "ICCP", "ALPH", "ANIM"}) {
        const std::string other = samples::riff_chunk(std::string(kind), std::string(10, '\0'));
        CHECK(verdict(samples::riff(other + frame)) != "ok");
        CHECK(verdict(samples::riff(frame + other)) != "ok");
    }
    CHECK(verdict(samples::riff(frame + frame)) != "ok");
    CHECK(verdict(samples::webp_of({.rest = 21})) == "ok");
    std::string padded = samples::webp_of({.rest = 21});
    padded.back() = 'x';
    CHECK(says(padded, "padding"));
}

TEST_CASE("the frame of a WebP is a whole key frame that is shown") {
    CHECK(says(samples::webp_of({.tag = 0x11}), "still image"));
    CHECK(says(samples::webp_of({.tag = 0x00}), "still image"));
    CHECK(says(samples::webp_of({.tag = 0x18}), "still image"));
    CHECK(says(samples::webp_of({.partition = 0, .rest = 60}), "cut off"));
    std::string longer = samples::webp_of();
    longer[21] = '\xff';  // the length of its first partition
    CHECK(says(longer, "cut off"));
}

TEST_CASE("a JPEG tells nothing but its image") {
    using samples::jpeg_part;
    const std::string head("JFIF\0\1\1\0\0\1\0\1\0\0", 14);
    CHECK(verdict(samples::jpeg_of({.before = jpeg_part(0xe0, head)})) == "ok");
    CHECK(says(samples::jpeg_of({.before = jpeg_part(0xe1, std::string("Exif\0\0", 6))}),
               "where and with what"));
    CHECK(says(samples::jpeg_of({.before = jpeg_part(0xed, "Photoshop 3.0")}),
               "where and with what"));
    CHECK(says(samples::jpeg_of({.before = jpeg_part(0xe2, "ICC_PROFILE")}), "APP2"));
    CHECK(says(samples::jpeg_of({.before = jpeg_part(0xee, "Adobe")}), "APP14"));
    CHECK(says(samples::jpeg_of({.before = jpeg_part(0xfe, "hello")}), "comment"));
    CHECK(says(samples::jpeg_of({.before = jpeg_part(0xe0, head) + jpeg_part(0xe0, head)}),
               "first part"));
    std::string thumbnail = head;
    thumbnail[12] = '\1';
    CHECK(says(samples::jpeg_of({.before = jpeg_part(0xe0, thumbnail)}), "thumbnail"));
    CHECK(says(samples::jpeg_of({.before = jpeg_part(0xe0, head + "x")}), "thumbnail"));
    CHECK(says(samples::jpeg_of({.before = "x"}), "between its parts"));
    CHECK(says(samples::jpeg_of({.before = jpeg_part(0xdc, std::string(2, '\1'))}), "needs"));
}

TEST_CASE("a JPEG is baseline") {
    for (const int frame : {0xc1, 0xc2, 0xc3, 0xc5, 0xc9, 0xcf})
        CHECK(says(samples::jpeg_of({.frame = static_cast<std::uint8_t>(frame)}), "not baseline"));
    CHECK(says(samples::jpeg_of({.before = samples::jpeg_part(0xc0, std::string("\x08\0\x10\0\x10"
                                                                                "\1\1\x11\0",
                                                                                9))}),
               "two images"));
}

TEST_CASE("a JPEG has one scan, whose data hold nothing but codes and the restarts they need") {
    CHECK(verdict(samples::jpeg_of({.width = 64, .height = 24, .restart = 5})) == "ok");
    CHECK(verdict(samples::jpeg_of({.data = std::string("\xff\0\xff\0", 4)})) == "ok");
    CHECK(says(samples::jpeg_of({.data = "a\xff\xd0"
                                         "b"}),
               "something else"));
    CHECK(says(samples::jpeg_of({.data = "a\xff\xff"}), "something else"));
    CHECK(says(samples::jpeg_of({.data = "a\xff\xfe\0\3x"}), "something else"));
    CHECK(says(samples::jpeg_of({.restart = 2, .data = "a"}), "cut off"));
    CHECK(says(samples::jpeg_of({.restart = 2,
                                 .data = "a\xff\xd1"
                                         "b"}),
               "something else"));
    CHECK(says(samples::jpeg_of({.restart = 2,
                                 .data = "\xff\xd0"
                                         "b"}),
               "empty"));
    CHECK(says(samples::jpeg_of({.data = "\xff\xd9"}), "empty"));
}

TEST_CASE("a picture's slot is the beginning of its hash, and it has no mailbox") {
    const base::Bytes file = samples::jpeg();
    const base::Digest hash = crypto::sha256(file);
    CHECK(item_verdict(published(file, item::picture_slot(hash))) == "ok");
    CHECK(item_verdict(published(samples::webp(),
                                 item::picture_slot(crypto::sha256(samples::webp())))) == "ok");
    CHECK(item_verdict(published(file, samples::filled<base::Slot>(1))) ==
          "a picture in another slot than its hash's");
    CHECK(item_verdict(published(file, item::picture_slot(hash), true)) ==
          "a picture with a mailbox");
    const base::Bytes other = base::to_bytes("GIF89a");
    CHECK(item_verdict(published(other, item::picture_slot(crypto::sha256(other)))) ==
          "the picture is neither a WebP nor a JPEG");
    item::Publication claim{samples::persona(1), item::picture_slot(hash), 1, false, std::nullopt};
    CHECK(item::picture_thing(samples::persona(1), hash) == item::thing_of(claim));
}

}  // namespace
}  // namespace hearsay
