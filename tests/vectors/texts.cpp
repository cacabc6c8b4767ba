#include "item/text.hpp"
#include "vectors.hpp"

namespace hearsay::vectors {

File texts() {
    File out{"texts",
             "Clean text, of one line and of several: docs/protocol.md, section 1. All in hex.",
             {}};
    const auto add = [&](const std::string& about, std::string_view text) {
        const auto normal = item::to_nfc(text);
        out.entries.push_back(Entry(about)
                                  .hex("text", base::as_bytes(text))
                                  .flag("line", item::is_clean_text(text, false))
                                  .flag("lines", item::is_clean_text(text, true))
                                  .flag("has_form_c", normal.has_value())
                                  .hex("form_c", base::as_bytes(normal.value_or(""))));
    };
    using namespace std::string_view_literals;
    add("no text", ""sv);
    add("ASCII", "Two bicycles"sv);
    add("line feed and tab", "a\n\tb"sv);
    add("carriage return", "a\r\nb"sv);
    add("zero", "a\0b"sv);
    add("U+007F", "\x7f"sv);
    add("U+0085, a control character", "\xc2\x85"sv);
    add("U+00A0", "\xc2\xa0"sv);
    add("U+2028, a line separator", "\xe2\x80\xa8"sv);
    add("U+2029, a paragraph separator", "\xe2\x80\xa9"sv);
    add("U+200D, a joiner, category Cf", "\xe2\x80\x8d"sv);
    add("u with diaeresis, composed", "Z\xc3\xbcrich"sv);
    add("the same, decomposed", "Zu\xcc\x88rich"sv);
    add("two marks out of order", "q\xcc\x87\xcc\xa3"sv);
    add("two marks in order", "q\xcc\xa3\xcc\x87"sv);
    add("angstrom sign", "\xe2\x84\xab"sv);
    add("a ligature, which form C keeps", "\xef\xac\x81"sv);
    add("Hangul, decomposed", "\xe1\x84\x80\xe1\x85\xa1\xe1\x86\xa8"sv);
    add("Hangul, composed", "\xea\xb0\x81"sv);
    add("U+0958, which form C takes apart", "\xe0\xa5\x98"sv);
    add("U+1FAF6, new in Unicode 14.0", "\xf0\x9f\xab\xb6"sv);
    add("U+1FAF7, new in Unicode 15.0", "\xf0\x9f\xab\xb7"sv);
    add("U+0378, never assigned so far", "\xcd\xb8"sv);
    add("U+FFFE, assigned never", "\xef\xbf\xbe"sv);
    add("U+E000, of the private use area", "\xee\x80\x80"sv);
    add("U+10FFFD, the last that is assigned", "\xf4\x8f\xbf\xbd"sv);
    add("beyond U+10FFFF", "\xf4\x90\x80\x80"sv);
    add("a surrogate", "\xed\xa0\x80"sv);
    add("a needlessly long encoding", "\xc0\xaf"sv);
    add("another", "\xe0\x80\xaf"sv);
    add("cut off", "\xe2\x82"sv);
    add("a lone trailing byte", "\x80"sv);
    add("no byte of UTF-8", "\xff"sv);
    return out;
}

}  // namespace hearsay::vectors
