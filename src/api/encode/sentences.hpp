// api/encode/sentences.hpp - the stable codes of what the node says in words.
//
// The rooms say what is wrong as one English sentence for a person (base::Error, the details and
// warnings of Status, the problems of a trade). A client that speaks another language needs to know
// which sentence that is, and what of it is data. Both are said here, where answers are encoded, so
// that no room has to know of languages:
//
//   1. A row is a code and the sentence with {names} where its data stand; {} is an ending that no
//      client needs, such as a plural's.
//   2. A row fits if its fixed parts stand in the sentence in their order, the first at its
//      beginning and the last at its end. What is between two of them is the shortest that fits.
//   3. The first row that fits counts. A sentence that fits none has no code; a client shows it as
//      it is.
//   4. {why} is a sentence again, one level deep: where it has a code, that stands in place of its
//      words, behind a "#", and its values among the others.
//
// Sentences that leave a person the same thing to do share a code. A code keeps its meaning; a
// row's sentence may change with the one that it is of. The house check of the page
// (tests/house/page.py) finds rows whose sentence nobody says, and languages that lack a code.
// Cost: at most the length of the sentence for each row. What strangers wrote only becomes a value;
// where it makes a sentence look like another one, other words are shown, and nothing else happens.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace hearsay::api {

class Sentence;

struct SentenceRow {
    std::string_view code;
    std::string_view english;
};
std::span<const SentenceRow> sentence_rows();

// A sentence of more than 2,000 bytes is none of ours.
std::optional<Sentence> recognize(std::string_view english);

// What Tor does on its way into its network is Tor's to say, in English. It has a tag for each
// phase beside the words, and its specification lists the tags: the code is "phase_" and the tag. A
// tag that is not in the list has no code, and Tor's words stay.
std::span<const std::string_view> bootstrap_phases();
std::optional<Sentence> recognize_phase(std::string_view tag);

}  // namespace hearsay::api
