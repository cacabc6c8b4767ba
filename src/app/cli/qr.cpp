#include "app/cli/qr.hpp"

#include <cstdint>
#include <memory>
#include <qrencode.h>

namespace hearsay::app::cli {
namespace {

constexpr int quiet = 4;

using Code = std::unique_ptr<QRcode, decltype(&QRcode_free)>;

std::size_t columns_of(const QRcode& code) {
    return static_cast<std::size_t>(code.width) + std::size_t{2} * quiet;
}

constexpr std::string_view black_on_white = "\x1b[38;5;16;48;5;231m";
constexpr std::string_view plain = "\x1b[0m";

}  // namespace

std::string qr_code(std::string_view address, bool colour, std::size_t width) {
    std::string text(address);
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    Code code(nullptr, QRcode_free);
    for (const QRecLevel level : {QR_ECLEVEL_M, QR_ECLEVEL_L}) {
        if (text.empty()) return {};
        code.reset(QRcode_encodeString(text.c_str(), 0, level, QR_MODE_8, 1));
        if (code && columns_of(*code) <= width) break;
        code.reset();
    }
    if (!code) return {};
    const auto dark = [&](int row, int column) {
        if (row < 0 || column < 0 || row >= code->width || column >= code->width) return false;
        return (code->data[row * code->width + column] & 1) != 0;
    };
    std::string out;
    for (int row = -quiet; row < code->width + quiet; row += 2) {
        if (colour) out += black_on_white;
        for (int column = -quiet; column < code->width + quiet; ++column) {
            // The last line's lower half may lie outside: then it stays the terminal's ground.
            const bool upper = dark(row, column) == colour;
            const bool lower =
                row + 1 < code->width + quiet ? dark(row + 1, column) == colour : false;
            out += upper && lower ? "█" : upper ? "▀" : lower ? "▄" : " ";
        }
        if (colour) out += plain;
        out += "\n";
    }
    return out;
}

}  // namespace hearsay::app::cli
