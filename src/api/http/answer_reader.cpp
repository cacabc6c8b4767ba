#include "api/http/answer_reader.hpp"

#include <algorithm>
#include <utility>

namespace hearsay::api {

AnswerReader::AnswerReader(const HttpLimits& limits)
    : limits_(limits), reader_(HttpReader::Kind::response, limits) {}

void AnswerReader::fail(std::string text) {
    state_ = State::failed;
    error_ = std::move(text);
}

void AnswerReader::take_state() {
    if (reader_.state() == HttpReader::State::failed) return fail(reader_.error().text);
    if (reader_.state() != HttpReader::State::done) return;
    if (status() >= 200) {
        state_ = State::done;
        return;
    }
    if (status() == 101) return fail("the other side changes the protocol, unasked");
    if (++interim_ > interim_answers_max) return fail("too many interim answers");
    reader_ = HttpReader(HttpReader::Kind::response, limits_);
}

void AnswerReader::feed(std::string_view bytes) {
    while (!bytes.empty() && state_ == State::reading) {
        bytes.remove_prefix(std::min(reader_.feed(bytes), bytes.size()));
        take_state();
    }
    if (!bytes.empty() && state_ == State::done) fail("there are bytes behind the answer");
}

void AnswerReader::end() {
    if (state_ != State::reading) return;
    reader_.end();
    take_state();
}

}  // namespace hearsay::api
