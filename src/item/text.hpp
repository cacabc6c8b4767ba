// item/text.hpp - what counts as acceptable text inside items: docs/protocol.md, "Text".
//
// UTF-8 in normalization form C (Unicode Standard Annex 15), without control characters and line or
// paragraph separators; one line or several. Every node must answer alike for ever, whatever
// library it was built with, so only code points that Unicode 14.0 assigns are text: what they
// normalize to never changes, which cannot be said of others. The list of them is our own
// (unicode_assigned.inc); the library's version decides nothing, as long as it knows them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hearsay::item {

// The text in NFC, or nothing if it is not UTF-8 or holds a code point that is not assigned.
std::optional<std::string> to_nfc(std::string_view text);
// UTF-8, assigned, already in NFC, none of U+0000 to 1F, 7F to 9F, 2028 and 2029 but, with `lines`,
// line feed and tab.
bool is_clean_text(std::string_view text, bool lines);
// Whether anything of it shows: not only blanks, marks, fillers, and characters that have no form.
// For what a person makes here; no node judges items by it.
bool is_visible_text(std::string_view text);
// Whether Unicode 14.0 assigns it, and it is no surrogate.
bool is_assigned(char32_t point);

}  // namespace hearsay::item
