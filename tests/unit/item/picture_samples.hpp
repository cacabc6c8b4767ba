// unit/item/picture_samples.hpp - small pictures, made by hand. The JPEGs are images that any
// decoder shows: gray, of blocks that all say "as before". Of the WebP only the frame is right.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.hpp"

namespace hearsay::samples {

inline std::string two_bytes(std::uint32_t number) {
    return {static_cast<char>(number >> 8), static_cast<char>(number & 255)};
}
// A part of a JPEG, with its length.
inline std::string jpeg_part(std::uint8_t marker, const std::string& content) {
    return std::string("\xff") + static_cast<char>(marker) +
           two_bytes(static_cast<std::uint32_t>(content.size() + 2)) + content;
}

struct JpegWish {
    std::uint32_t width = 16;
    std::uint32_t height = 16;
    std::uint32_t restart = 0;     // blocks; 0: none
    std::string before{};          // parts between SOI and the first table
    std::uint8_t frame = 0xc0;     // SOF0
    std::string data{};            // of the scan; empty: as many blocks as there are
    std::string end = "\xff\xd9";  // EOI, and what is behind it
};

inline std::string jpeg_scan(const JpegWish& wish) {
    const std::uint32_t blocks = (wish.width + 7) / 8 * ((wish.height + 7) / 8);
    std::string out;
    std::uint32_t restarts = 0;
    for (std::uint32_t done = 0; done < blocks;) {
        const std::uint32_t now = wish.restart == 0 ? blocks : wish.restart;
        // Two bits of 0 a block: no difference, and no more.
        for (std::uint32_t at = 0; at < now && done + at < blocks; at += 4) out += '\0';
        done += now;
        if (done < blocks) out += std::string("\xff") + static_cast<char>(0xd0 + restarts++ % 8);
    }
    return out;
}

inline std::string jpeg_of(const JpegWish& wish = {}) {
    // One code of one bit.
    const auto codes = [](char which) {
        return jpeg_part(0xc4, std::string(1, which) + '\1' + std::string(15, '\0') + '\0');
    };
    std::string out = "\xff\xd8" + wish.before;
    out += jpeg_part(0xdb, '\0' + std::string(64, '\x10'));
    out += jpeg_part(wish.frame, '\x08' + two_bytes(wish.height) + two_bytes(wish.width) +
                                     std::string("\1\1\x11\0", 4));
    out += codes('\0') + codes('\x10');
    if (wish.restart > 0) out += jpeg_part(0xdd, two_bytes(wish.restart));
    out += jpeg_part(0xda, std::string("\1\1\0\0\x3f\0", 6));
    return out + (wish.data.empty() ? jpeg_scan(wish) : wish.data) + wish.end;
}
inline base::Bytes jpeg(const JpegWish& wish = {}) {
    return base::to_bytes(jpeg_of(wish));
}

inline std::string four_bytes(std::uint64_t number) {
    std::string out;
    for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(number >> shift & 255);
    return out;
}
inline std::string riff_chunk(const std::string& kind, const std::string& content) {
    return kind + four_bytes(content.size()) + content + std::string(content.size() % 2, '\0');
}
inline std::string riff(const std::string& chunks) {
    return "RIFF" + four_bytes(4 + chunks.size()) + "WEBP" + chunks;
}

struct WebpWish {
    std::uint32_t width = 16;
    std::uint32_t height = 16;
    std::size_t partition = 40;  // bytes of the first one
    std::size_t rest = 20;       // bytes behind it
    std::uint32_t tag = 0x10;    // a key frame, shown, of version 0
};
inline std::string webp_frame(const WebpWish& wish = {}) {
    std::string out = four_bytes(wish.tag | wish.partition << 5).substr(0, 3) + "\x9d\x01\x2a";
    out += four_bytes(wish.width).substr(0, 2) + four_bytes(wish.height).substr(0, 2);
    return out + std::string(wish.partition + wish.rest, '\x55');
}
inline std::string webp_of(const WebpWish& wish = {}) {
    return riff(riff_chunk("VP8 ", webp_frame(wish)));
}
inline base::Bytes webp(const WebpWish& wish = {}) {
    return base::to_bytes(webp_of(wish));
}

}  // namespace hearsay::samples
