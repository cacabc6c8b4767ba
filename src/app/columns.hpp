// app/columns.hpp - how many columns of a terminal a text takes, and where it may be cut.
//
// Of safe text (app/cli/text.hpp): what a terminal would obey is none of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hearsay::app {

struct Decoded {
    std::int32_t code = -1;  // negative: broken UTF-8
    std::size_t size = 1;
};
// The first character of a text that is not empty.
Decoded decode(std::string_view text);

// Terminal columns; wide characters take two.
std::size_t columns(std::string_view text);
// Exactly `width` columns: filled with blanks, or cut with "..." at the end.
std::string fit(std::string_view text, std::size_t width);
// The parts of a word (no blanks) between which a line may end: before and behind wide characters.
// A part of more than `most` columns is broken anywhere, unless it is of ASCII.
std::vector<std::string_view> parts_of_word(std::string_view word, std::size_t most);

}  // namespace hearsay::app
