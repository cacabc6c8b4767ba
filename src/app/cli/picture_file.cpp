#include "app/cli/picture_file.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>

#include "app/cli/new_file.hpp"
#include "app/cli/text.hpp"
#include "item/kinds/picture.hpp"

namespace hearsay::app::cli {
namespace {

// A photograph as a camera makes it; it is refused anyway, but with the right reason.
constexpr std::size_t file_bytes_max = 32 * 1024 * 1024;

using Stripped = std::expected<std::string, std::string>;

std::uint32_t byte_at(std::string_view text, std::size_t at) {
    return static_cast<unsigned char>(text[at]);
}
std::uint32_t big(std::string_view text, std::size_t at, std::size_t bytes) {
    std::uint32_t out = 0;
    for (std::size_t i = 0; i < bytes; ++i) out = out << 8 | byte_at(text, at + i);
    return out;
}
std::uint32_t little(std::string_view text, std::size_t at, std::size_t bytes) {
    std::uint32_t out = 0;
    for (std::size_t i = bytes; i > 0; --i) out = out << 8 | byte_at(text, at + i - 1);
    return out;
}
void put_little(std::string& out, std::uint32_t number) {
    for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(number >> shift & 255);
}

// ---- what would make it fit ---------------------------------------------------------------------

std::string shell_word(const std::string& file) {
    std::string out = "'";
    for (const char c : safe_line(file))
        out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

struct Sides {
    std::uint32_t width = 0, height = 0;
};

std::string encoded_anew(const std::string& file, const Sides& sides, int quality) {
    std::string size;
    if (sides.width > item::picture_side_max || sides.height > item::picture_side_max) {
        const std::string most = std::to_string(item::picture_side_max);
        size = sides.width >= sides.height ? "-resize " + most + " 0 " : "-resize 0 " + most + " ";
    }
    return "; try: cwebp -metadata none -noalpha " + size + "-q " + std::to_string(quality) + " " +
           shell_word(file) + " -o smaller.webp";
}

std::string bounds_of(const Sides& sides) {
    return std::to_string(sides.width) + "x" + std::to_string(sides.height) + " pixels: at most " +
           std::to_string(item::picture_side_max) + " a side";
}

// ---- WebP ---------------------------------------------------------------------------------------

Stripped strip_webp(std::string_view file, const std::string& name) {
    std::optional<std::string_view> image;
    std::size_t at = 12;
    while (file.size() - at >= 8) {
        const std::string_view kind = file.substr(at, 4);
        const std::uint64_t size = little(file, at + 4, 4);
        if (size > file.size() - at - 8) return std::unexpected("it is cut off");
        const std::string_view chunk = file.substr(at + 8, size);
        if (kind == "VP8L")
            return std::unexpected("a WebP without losses" + encoded_anew(name, {}, 50));
        if (kind == "ALPH")
            return std::unexpected("a WebP with transparency" + encoded_anew(name, {}, 50));
        if (kind == "ANIM" || kind == "ANMF")
            return std::unexpected("an animated WebP: one image only is shown");
        if (kind == "VP8 ") {
            if (image) return std::unexpected("a WebP with two images");
            image = chunk;
        }
        at = std::min<std::uint64_t>(at + 8 + size + size % 2, file.size());
    }
    if (!image) return std::unexpected("a WebP without an image");
    const std::size_t padding = image->size() % 2;
    std::string out = "RIFF";
    put_little(out, static_cast<std::uint32_t>(4 + 8 + image->size() + padding));
    out += "WEBPVP8 ";
    put_little(out, static_cast<std::uint32_t>(image->size()));
    out += *image;
    out.append(padding, '\0');
    return out;
}

Sides sides_of_webp(std::string_view stripped) {
    if (stripped.size() < 30) return {};
    return {little(stripped, 26, 2) & 0x3fff, little(stripped, 28, 2) & 0x3fff};
}

// ---- JPEG ---------------------------------------------------------------------------------------

// What Exif says of how the camera was held; 1: upright, or nothing is said.
std::uint32_t orientation(std::string_view part) {
    constexpr std::string_view mark{"Exif\0\0", 6};
    if (!part.starts_with(mark)) return 1;
    const std::string_view tiff = part.substr(mark.size());
    if (tiff.size() < 8) return 1;
    const bool is_little = tiff.starts_with("II");
    const auto number = [&](std::size_t at, std::size_t bytes) {
        return is_little ? little(tiff, at, bytes) : big(tiff, at, bytes);
    };
    const std::size_t directory = number(4, 4);
    if (directory > tiff.size() || tiff.size() - directory < 2) return 1;
    const std::size_t entries = number(directory, 2);
    for (std::size_t i = 0; i < entries; ++i) {
        const std::size_t at = directory + 2 + 12 * i;
        if (at + 12 > tiff.size()) return 1;
        constexpr std::uint32_t orientation_tag = 0x0112;
        if (number(at, 2) == orientation_tag) return number(at + 8, 2);
    }
    return 1;
}

// Of Adobe's APP14: how the three colours are meant; 1 is what everybody assumes without it.
bool is_odd_colour(std::string_view part, std::size_t components) {
    constexpr std::size_t transform_at = 11;
    return components != 1 && part.starts_with("Adobe") && part.size() > transform_at &&
           byte_at(part, transform_at) != 1;
}

struct JpegParts {
    std::string kept;
    std::uint32_t turned = 1;
    std::vector<std::string_view> adobe;
    std::size_t components = 0;
    Sides sides{};
};

// Markers that stand before the scan. An error; or nothing, if the part is kept or dropped.
std::optional<std::string> take(std::uint32_t marker, std::string_view part, std::string_view whole,
                                JpegParts& out) {
    constexpr std::uint32_t sof0 = 0xc0, sof2 = 0xc2, dht = 0xc4, dac = 0xcc, sos = 0xda,
                            dqt = 0xdb, dri = 0xdd, app1 = 0xe1, app14 = 0xee;
    if (marker >= sof0 && marker <= 0xcf && marker != dht && marker != dac) {
        if (part.size() >= 6) out.sides = {big(part, 3, 2), big(part, 1, 2)};
        if (part.size() >= 6) out.components = byte_at(part, 5);
        if (marker == sof2) return "a progressive JPEG";
        if (marker != sof0) return "a JPEG of a rare sort";
    }
    if (marker == app1) out.turned = std::max(out.turned, orientation(part));
    if (marker == app14) out.adobe.push_back(part);
    if (marker == sof0 || marker == dht || marker == dqt || marker == dri || marker == sos)
        out.kept += whole;
    return std::nullopt;
}

// Behind the head of the scan: its data up to the end of the image, both included.
std::optional<std::string_view> scan_data(std::string_view rest) {
    for (std::size_t at = 0; at + 1 < rest.size(); ++at) {
        if (byte_at(rest, at) != 0xff) continue;
        const std::uint32_t next = byte_at(rest, at + 1);
        if (next == 0xd9) return rest.substr(0, at + 2);
        if (next != 0 && (next < 0xd0 || next > 0xd7)) return std::nullopt;
    }
    return std::nullopt;
}

Stripped strip_jpeg(std::string_view file, const std::string& name, Sides& sides) {
    JpegParts parts;
    parts.kept.append(file.substr(0, 2));
    const auto refuse = [&](const std::string& why) {
        const bool fits = parts.sides.width <= item::picture_side_max &&
                          parts.sides.height <= item::picture_side_max;
        const std::string lossless =
            "; try: jpegtran -copy none -outfile baseline.jpg " + shell_word(name);
        return std::unexpected(why + (fits ? lossless : encoded_anew(name, parts.sides, 50)));
    };
    std::size_t at = 2;
    for (;;) {
        while (at + 1 < file.size() && byte_at(file, at) == 0xff && byte_at(file, at + 1) == 0xff)
            ++at;  // filling
        if (file.size() - at < 4 || byte_at(file, at) != 0xff)
            return std::unexpected("it is cut off, or damaged");
        const std::uint32_t marker = byte_at(file, at + 1);
        const std::size_t length = big(file, at + 2, 2);
        if (length < 2 || length > file.size() - at - 2) return std::unexpected("it is cut off");
        const std::string_view whole = file.substr(at, 2 + length);
        if (const auto problem = take(marker, whole.substr(4), whole, parts))
            return refuse(*problem);
        at += 2 + length;
        constexpr std::uint32_t sos = 0xda;
        if (marker == sos) break;
    }
    sides = parts.sides;
    for (const std::string_view adobe : parts.adobe)
        if (is_odd_colour(adobe, parts.components))
            return std::unexpected("a JPEG whose colours are not the usual ones" +
                                   encoded_anew(name, parts.sides, 50));
    if (parts.turned > 1)
        return std::unexpected(
            "its camera was held turned, which only Exif tells: turn the image "
            "itself first, such as with: exiftran -ai " +
            shell_word(name));
    const auto data = scan_data(file.substr(at));
    if (!data) return refuse("a JPEG in several scans, or cut off");
    return parts.kept + std::string(*data);
}

// ---- others -------------------------------------------------------------------------------------

std::unexpected<std::string> other_format(std::string_view file, const std::string& name) {
    Sides sides;
    std::string what = "it is neither a WebP nor a JPEG";
    if (file.starts_with("\x89PNG") && file.size() >= 24) {
        what = "it is a PNG, and a WebP or a JPEG is expected";
        sides = {big(file, 16, 4), big(file, 20, 4)};
    }
    return std::unexpected(what + encoded_anew(name, sides, 50));
}

}  // namespace

std::expected<std::string, std::string> picture_of(std::string_view content,
                                                   const std::string& file) {
    Sides sides;
    Stripped out;
    if (content.starts_with("RIFF") && content.size() >= 12 && content.substr(8, 4) == "WEBP") {
        out = strip_webp(content, file);
        if (out) sides = sides_of_webp(*out);
    } else if (content.starts_with("\xff\xd8")) {
        out = strip_jpeg(content, file, sides);
    } else {
        return other_format(content, file);
    }
    if (!out) return out;
    if (item::side_problem(sides.width, sides.height))
        return std::unexpected(bounds_of(sides) + encoded_anew(file, sides, 50));
    if (out->size() > item::picture_bytes_max)
        return std::unexpected(std::to_string(out->size()) + " bytes: at most " +
                               std::to_string(item::picture_bytes_max) +
                               encoded_anew(file, sides, 30) +
                               ", or a smaller image: cwebp -resize 400 0 -q 50 ...");
    if (const auto verdict = item::read_picture(base::as_bytes(*out)); !verdict)
        return std::unexpected(verdict.error() + encoded_anew(file, sides, 50));
    return out;
}

std::expected<std::vector<std::string>, std::string> load_pictures(
    const std::vector<std::string>& files) {
    std::vector<std::string> out;
    for (const std::string& path : files) {
        std::error_code failed;
        const std::uintmax_t size = std::filesystem::file_size(path, failed);
        std::ifstream file(path, std::ios::binary);
        if (failed || !file) return std::unexpected("--picture: " + cannot_read(path));
        if (size > file_bytes_max)
            return std::unexpected("--picture: " + safe_line(path) + " is larger than 32 MiB" +
                                   encoded_anew(path, {item::picture_side_max + 1, 1}, 50));
        std::string content(static_cast<std::size_t>(size), '\0');
        file.read(content.data(), static_cast<std::streamsize>(content.size()));
        content.resize(static_cast<std::size_t>(file.gcount()));
        auto picture = picture_of(content, path);
        if (!picture)
            return std::unexpected("--picture: " + safe_line(path) + ": " + picture.error());
        out.push_back(*std::move(picture));
    }
    return out;
}

}  // namespace hearsay::app::cli
