// item/kinds/parts.hpp - what the rules of several kinds share. Each answers with a sentence for
// the user, or nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"

namespace google::protobuf {
class MessageLite;
}  // namespace google::protobuf

namespace hearsay::base {
class CanonicalReader;
}  // namespace hearsay::base

namespace hearsay::item {

inline constexpr std::size_t word_bytes_max = 32;
inline constexpr std::size_t picture_bytes = 32;  // of its hash

// Clean text of at most so many bytes, of one line or several. It may be empty.
std::optional<std::string> text_problem(std::string_view name, const std::string& text,
                                        std::size_t most, bool lines);
// One lower-case word of 1 to word_bytes_max bytes of clean text: no U+0020, no comma, no A to Z.
bool is_word(const std::string& word);
// At most so many words. `one` and `many` name them: "tag", "tags".
std::optional<std::string> words_problem(std::string_view one, std::string_view many,
                                         const std::vector<std::string>& words, std::size_t most);
// The same, and no word twice.
std::optional<std::string> different_words_problem(std::string_view one, std::string_view many,
                                                   const std::vector<std::string>& words,
                                                   std::size_t most);
// Two or three small letters, the first part of a tag of BCP 47. The form is looked at, no list.
bool is_language(std::string_view text);

// Empty if nothing is in it.
base::Bytes serialized(const google::protobuf::MessageLite& message);
// Followed by fields of later texts, as they came.
base::Bytes serialized(const google::protobuf::MessageLite& message, base::ByteView later);
// The last thing to ask of a payload that may grow: its fields above `last`, which a later text
// names (docs/protocol.md, "Fields of later texts"). They are carried and not looked at.
base::Bytes later_fields(base::CanonicalReader& in, std::uint32_t last);

}  // namespace hearsay::item
