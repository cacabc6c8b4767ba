#include "item/kinds/parts.hpp"

#include <algorithm>

#include <google/protobuf/message_lite.h>

#include "base/canonical.hpp"
#include "base/ensure.hpp"
#include "base/limits/items.hpp"
#include "item/text.hpp"

namespace hearsay::item {

std::optional<std::string> text_problem(std::string_view name, const std::string& text,
                                        std::size_t most, bool lines) {
    if (text.size() > most)
        return "the " + std::string(name) + " is " + std::to_string(text.size()) +
               " bytes long; at most " + std::to_string(most) + " fit";
    if (!is_clean_text(text, lines))
        return "the " + std::string(name) +
               " must be UTF-8 text in normalization form C without control characters" +
               (lines ? "" : ", on one line");
    return std::nullopt;
}

bool is_word(const std::string& word) {
    if (word.empty() || word.size() > word_bytes_max || !is_clean_text(word, false)) return false;
    return std::ranges::none_of(
        word, [](char c) { return c == ' ' || c == ',' || (c >= 'A' && c <= 'Z'); });
}

std::optional<std::string> words_problem(std::string_view one, std::string_view many,
                                         const std::vector<std::string>& words, std::size_t most) {
    if (words.size() > most)
        return "there are " + std::to_string(words.size()) + " " + std::string(many) +
               "; at most " + std::to_string(most) + " fit";
    for (const std::string& word : words)
        if (!is_word(word))
            return "a " + std::string(one) + " is one lower-case word of 1 to " +
                   std::to_string(word_bytes_max) + " bytes";
    return std::nullopt;
}

std::optional<std::string> different_words_problem(std::string_view one, std::string_view many,
                                                   const std::vector<std::string>& words,
                                                   std::size_t most) {
    if (auto problem = words_problem(one, many, words, most)) return problem;
    for (auto at = words.begin(); at != words.end(); ++at)
        if (std::find(words.begin(), at, *at) != at)
            return "the " + std::string(one) + " \"" + *at + "\" is said twice";
    return std::nullopt;
}

bool is_language(std::string_view text) {
    return (text.size() == 2 || text.size() == 3) &&
           std::ranges::all_of(text, [](char c) { return c >= 'a' && c <= 'z'; });
}

base::Bytes serialized(const google::protobuf::MessageLite& message) {
    base::Bytes bytes(message.ByteSizeLong());
    ENSURE(message.SerializeToArray(bytes.data(), static_cast<int>(bytes.size())),
           "a payload that does not serialize");
    return bytes;
}

base::Bytes serialized(const google::protobuf::MessageLite& message, base::ByteView later) {
    base::Bytes out = serialized(message);
    base::append(out, later);
    return out;
}

base::Bytes later_fields(base::CanonicalReader& in, std::uint32_t last) {
    return base::to_bytes(in.later(last, base::limits::later_bytes_max));
}

}  // namespace hearsay::item
