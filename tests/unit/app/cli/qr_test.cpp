#include "app/cli/qr.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "app/layout.hpp"

namespace hearsay::app::cli {
namespace {

// Back to modules, true is dark: as a camera would see them on a dark terminal.
std::vector<std::vector<bool>> modules(const std::string& text) {
    std::vector<std::vector<bool>> out;
    std::size_t at = 0;
    while (at < text.size()) {
        std::vector<bool> upper, lower;
        while (text[at] != '\n') {
            const bool blank = text[at] == ' ';
            const std::string block = blank ? " " : text.substr(at, 3);
            at += blank ? 1 : 3;
            upper.push_back(block == " " || block == "▄");
            lower.push_back(block == " " || block == "▀");
        }
        ++at;
        out.push_back(upper);
        out.push_back(lower);
    }
    return out;
}

constexpr std::size_t width = 80;
const std::string address = "hsm1" + std::string(58, 'q');

}  // namespace

TEST_CASE("a QR code has its finder patterns, and four light modules all around") {
    const auto code = modules(qr_code(address, false, width));
    const std::size_t side = code.front().size();
    CHECK((side - 8 - 17) % 4 == 0);  // a version of the standard, and the quiet zone
    CHECK(code.size() >= side);
    for (std::size_t row = 0; row < side; ++row)
        for (std::size_t column = 0; column < side; ++column)
            if (row < 4 || column < 4 || row >= side - 4 || column >= side - 4)
                CHECK_FALSE(code[row][column]);
    const std::string finder[] = {"1111111", "1000001", "1011101", "1011101",
                                  "1011101", "1000001", "1111111"};
    for (const auto& [top, left] :
         {std::pair<std::size_t, std::size_t>{4, 4}, {4, side - 11}, {side - 11, 4}})
        for (std::size_t row = 0; row < 7; ++row)
            for (std::size_t column = 0; column < 7; ++column)
                CHECK(code[top + row][left + column] == (finder[row][column] == '1'));
}

TEST_CASE(
    "with colours the code is black on white, and each line ends in the terminal's own colours") {
    const std::string text = qr_code(address, true, width);
    CHECK(text.starts_with("\x1b[38;5;16;48;5;231m"));
    CHECK(text.ends_with("\x1b[0m\n"));
}

TEST_CASE(
    "on a narrow terminal a code with fewer spare modules is drawn, and none where none fits") {
    const auto columns_at = [](std::size_t most) {
        const std::string code = qr_code(address, false, most);
        return code.empty() ? 0 : modules(code).front().size();
    };
    CHECK(columns_at(80) == 41);
    CHECK(columns_at(40) == 37);
    CHECK(columns_at(36) == 0);
}

TEST_CASE("there is no code for nothing, or for what is too long for any") {
    CHECK(qr_code("", false, width).empty());
    CHECK(qr_code(std::string(5000, 'a'), false, unbroken).empty());
}

}  // namespace hearsay::app::cli
