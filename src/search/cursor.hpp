// search/cursor.hpp - where the next page begins, as a text for whoever asks.
//
//   newest     n LIFE POSITION         what is older than POSITION
//   sorted     s LIFE TOP SCORE POSITION   among what is not newer than TOP, what comes after an
//                                      item of that score and position
// Numbers are decimal, joined by '-' (the score's own '-' is written as 'm'). LIFE is the store's,
// because positions of another life mean nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "search/postings.hpp"

namespace hearsay::search {

struct Cursor {
    bool is_sorted = false;
    std::uint64_t life = 0;
    Position top = 0;        // of sorted ones
    std::int64_t score = 0;  // likewise
    Position position = 0;
    bool operator==(const Cursor&) const = default;
};

std::string write_cursor(const Cursor& cursor);
std::optional<Cursor> read_cursor(std::string_view text);

}  // namespace hearsay::search
