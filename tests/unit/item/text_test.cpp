// item/text.hpp: what is text, and that no library's version decides it.
#include "item/text.hpp"

#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include <doctest/doctest.h>
#include <utf8proc.h>

namespace hearsay {
namespace {

constexpr char32_t points_end = 0x110000;

std::string utf8(char32_t point) {
    utf8proc_uint8_t bytes[4];
    const auto size = utf8proc_encode_char(static_cast<utf8proc_int32_t>(point), bytes);
    return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

TEST_CASE("text that is not UTF-8 has no normal form and is not clean") {
    for (const char* text : {"\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80"}) {
        CHECK(!item::to_nfc(text));
        CHECK(!item::is_clean_text(text, true));
    }
}

TEST_CASE("text is compared in normalization form C") {
    const std::string composed = "Z\xc3\xbcrich";
    const std::string decomposed = "Zu\xcc\x88rich";
    CHECK(item::to_nfc(decomposed) == composed);
    CHECK(item::to_nfc(composed) == composed);
    CHECK(item::is_clean_text(composed, false));
    CHECK(!item::is_clean_text(decomposed, false));
    // Form C leaves compatibility characters alone; form K would not.
    CHECK(item::to_nfc("\xef\xac\x81") == "\xef\xac\x81");
    // Angstrom sign and A with ring are one letter.
    CHECK(item::to_nfc("\xe2\x84\xab") == "\xc3\x85");
}

TEST_CASE("no text at all is clean text") {
    CHECK(item::is_clean_text("", false));
    CHECK(item::to_nfc("") == "");
}

TEST_CASE("UTF-8 is what RFC 3629 says, neither longer nor cut nor beyond") {
    for (const char* text :
         {"\x80", "\xbf", "\xc2", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xbf\xbf", "\xe2\x82",
          "\xf0\x8f\xbf\xbf", "\xf0\x9f\x98", "\xf8\x88\x80\x80\x80", "\xfe", "\xc3\x28"})
        CHECK(!item::to_nfc(text));
    for (const char* text : {"\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x85", "\xee\x80\x80",
                             "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbd"})
        CHECK(item::to_nfc(text));
}

TEST_CASE(
    "Unicode 14.0 assigns 282,230 code points but surrogates: 144,697 characters, 65 controls, the "
    "private "
    "ones") {
    std::size_t count = 0;
    for (char32_t point = 0; point < points_end; ++point) count += item::is_assigned(point) ? 1 : 0;
    CHECK(count == 144'697 + 65 + 137'468);
    CHECK(item::is_assigned(0x1FAF6));    // HEART HANDS, new in 14.0
    CHECK(!item::is_assigned(0x1FAF7));   // LEFTWARDS PUSHING HAND, of 15.0
    CHECK(!item::is_assigned(0xFFFE));    // never
    CHECK(!item::is_assigned(0xD800));    // a surrogate
    CHECK(!item::is_assigned(0x10FFFF));  // never
    CHECK(!item::is_assigned(points_end));
}

TEST_CASE("what is assigned here is assigned in the library, which may only know more") {
    const bool same = std::strncmp(utf8proc_unicode_version(), "14.", 3) == 0;
    std::size_t differ = 0;
    for (char32_t point = 0; point < points_end; ++point) {
        const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(point));
        const bool theirs = category != UTF8PROC_CATEGORY_CN && category != UTF8PROC_CATEGORY_CS;
        differ += item::is_assigned(point) && !theirs ? 1 : 0;
        differ += same && item::is_assigned(point) != theirs ? 1 : 0;
        const bool control = category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_ZL ||
                             category == UTF8PROC_CATEGORY_ZP;
        if (item::is_assigned(point) && item::to_nfc(utf8(point)) == utf8(point))
            differ += item::is_clean_text(utf8(point), false) == control ? 1 : 0;
    }
    CHECK(differ == 0);
}

TEST_CASE(
    "a code point that a later Unicode assigns is no text, whatever the library makes of it") {
    for (const char32_t point : {char32_t{0x1FAF7}, char32_t{0x378}, char32_t{0x11F00}}) {
        CHECK(!item::to_nfc(utf8(point)));
        CHECK(!item::is_clean_text("a" + utf8(point), true));
    }
}

TEST_CASE(
    "control characters and separators of lines are no text but line feed and tab, in texts of "
    "lines") {
    for (char32_t point = 0; point < 0x100; ++point) {
        const bool control = point < 0x20 || (point >= 0x7F && point < 0xA0);
        CAPTURE(static_cast<std::uint32_t>(point));
        CHECK(item::is_clean_text(utf8(point), false) == !control);
        CHECK(item::is_clean_text(utf8(point), true) ==
              (!control || point == U'\n' || point == U'\t'));
    }
    for (const char32_t point : {char32_t{0x2028}, char32_t{0x2029}})
        CHECK(!item::is_clean_text(utf8(point), true));
    CHECK(item::is_clean_text(utf8(0x2027), false));
}

// As utf8proc does it all at once.
std::string by_the_library(const std::string& text) {
    utf8proc_uint8_t* raw = nullptr;
    const auto size =
        utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                     static_cast<utf8proc_ssize_t>(text.size()), &raw,
                     static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
    REQUIRE(size >= 0);
    std::string out(reinterpret_cast<const char*>(raw), static_cast<std::size_t>(size));
    std::free(raw);
    return out;
}

TEST_CASE("letters and marks in any order have the library's normal form") {
    // Letters that compose, marks of nine classes, marks that are two (U+0344, U+0F73), Hangul.
    constexpr char32_t points[] = {U'a',   U'e',   0xE9,   0x1EB7,  0x301,   0x316,
                                   0x323,  0x327,  0x345,  0x35C,   0x344,   0x5B0,
                                   0x64B,  0xF71,  0xF72,  0xF73,   0x3099,  0x1100,
                                   0x1161, 0x11A8, 0xAC00, 0x1D165, 0x1D16D, 0x212B};
    std::uint32_t state = 7;
    for (int round = 0; round < 20'000; ++round) {
        std::string text;
        for (int length = 0; length < 12; ++length) {
            state = state * 1664525 + 1013904223;
            text += utf8(points[(state >> 16) % std::size(points)]);
        }
        CAPTURE(text);
        CHECK(item::to_nfc(text) == by_the_library(text));
    }
}

TEST_CASE("a megabyte of marks out of order is no more work than one of letters") {
    for (const auto& [first, second] : {std::pair(0x301, 0x316), std::pair(0xF73, 0xF73)}) {
        std::string text = "a";
        for (int at = 0; at < 300'000; ++at)
            text += utf8(static_cast<char32_t>(at < 150'000 ? first : second));
        const auto normal = item::to_nfc(text);
        REQUIRE(normal);
        CHECK(!item::is_clean_text(text, false));
        CHECK(item::is_clean_text(*normal, false));
        CHECK(item::to_nfc(*normal) == *normal);
    }
}

}  // namespace
}  // namespace hearsay
