// api/http/answer_reader.hpp - the client's side: the answer to one request, on a connection that
// carries nothing else (Connection: close). What the server reads requests with reads it
// (api/http/reader.hpp), so both sides agree about where a message ends.
//
// Rules beyond those of the reader:
//   1. Interim answers (status 100 to 199, RFC 9110 section 15.2) are passed over, at most
//      `interim_answers_max` of them. 101 is an error: nobody asked for another protocol.
//   2. Bytes behind the answer are an error: whoever sends them and we differ about its end.
//   3. The connection may end only where the answer does, or where no length was declared.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "api/http/reader.hpp"

namespace hearsay::api {

class AnswerReader {
public:
    enum class State { reading, done, failed };
    static constexpr std::size_t interim_answers_max = 8;

    explicit AnswerReader(const HttpLimits& limits);

    // Takes everything that came; afterwards the state tells whether there is need for more.
    void feed(std::string_view bytes);
    // The connection has ended.
    void end();

    State state() const { return state_; }
    // Once done.
    int status() const { return reader_.head().status; }
    const HttpHead& head() const { return reader_.head(); }
    const std::string& body() const { return reader_.body(); }
    const std::string& error() const { return error_; }  // once failed

private:
    void fail(std::string text);
    void take_state();

    const HttpLimits limits_;
    HttpReader reader_;
    State state_ = State::reading;
    std::size_t interim_ = 0;
    std::string error_;
};

}  // namespace hearsay::api
