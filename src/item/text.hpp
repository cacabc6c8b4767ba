// item/text.hpp - what counts as acceptable text inside items: UTF-8 in normalization form C
// (Unicode Standard Annex 15), without control characters; one line or several.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hearsay::item {

// The text in NFC, or nothing if it is not UTF-8.
std::optional<std::string> to_nfc(std::string_view text);
// UTF-8, already in NFC, no line or paragraph separators (Zl, Zp), no control characters (Cc) but, with
// `lines`, line feed and tab.
bool is_clean_text(std::string_view text, bool lines);

}  // namespace hearsay::item
