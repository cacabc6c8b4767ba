// api/http/reader.hpp - reads one HTTP/1.1 message (RFC 9112) from bytes, for both sides: requests
// for the node, answers for the command (api/http/answer_reader.hpp).
//
// Pure: bytes in, a message or a reason out; no sockets, no clock. Why it is ours: decision 0006.
// Rules, strict because a local client has no reason to be odd, and because each reading that two
// programs can differ in hides a second message from one of them (request smuggling):
//   1. Lines end with CR LF; a lone CR or LF, or a NUL, is an error (section 2.2 would allow to
//      take a lone LF for a line's end).
//   2. The head (start line and fields) and the number of fields are limited. No folded lines
//      (section 5.2), no blank before the colon (5.1), no control characters in values but the tab.
//      All of this holds for trailers, too, which are read and forgotten (RFC 9110, 6.5.1).
//   3. A request of HTTP/1.1 has one Host; one of HTTP/1.0 at most one (section 3.2).
//   4. The body's end is told by one Content-Length or by one chunked coding, never by both
//      (section 6.3 would let the coding win); other codings are refused. A request without either
//      has no body; a response without either lasts until the connection ends.
//   5. Numbers are digits and nothing else, at most 15 of them: no sign, no blank, no list. A
//      chunk's size may be followed by extensions, which are skipped; they and the trailer are
//      limited in all as the head is.
//   6. The body is limited, before it is read where its length is declared.
// Behind an error nothing is read: where the next message begins is not known any more.
// The same bytes in other pieces are the same message (tests/fuzz/http_fuzz.cpp).
// Memory: at most head_bytes_max plus body_bytes_max.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "api/http/message.hpp"
#include "base/limits/api.hpp"

namespace hearsay::api {

struct HttpLimits {
    std::size_t head_bytes_max = base::limits::api_head_bytes_max;
    std::size_t fields_max = base::limits::api_fields_max;
    std::size_t body_bytes_max = 0;
};

struct HttpError {
    int status = 400;  // what a server answers
    std::string text;
};

class HttpReader {
public:
    enum class Kind { request, response };
    enum class State { head, body, done, failed };

    HttpReader(Kind kind, const HttpLimits& limits) : kind_(kind), limits_(limits) {}

    // Takes bytes until the message is done or failed; returns how many it took.
    std::size_t feed(std::string_view bytes);
    // The connection has ended. Completes a response whose length nobody declared, fails others.
    void end();

    State state() const { return state_; }
    bool wants_more() const { return state_ == State::head || state_ == State::body; }
    bool untouched() const { return state_ == State::head && head_bytes_ == 0; }
    const HttpHead& head() const { return head_; }  // complete once the state is body or done
    const std::string& body() const { return body_; }
    const HttpError& error() const { return error_; }  // once failed

private:
    enum class Coding { none, length, chunk_size, chunk_data, chunk_end, trailer, until_end };

    void fail(int status, std::string text);
    void fail_body_size();
    bool take_line(std::string_view bytes, std::size_t& used);
    void on_head_line();
    void on_request_line();
    void on_status_line();
    bool check_field_line();
    void on_field_line();
    void on_head_complete();
    bool check_host();
    void choose_coding();
    void on_body_line();
    void on_chunk_size();
    std::size_t on_body_bytes(std::string_view bytes);

    Kind kind_;  // not const: a reader reads one message, and is assigned a new one for the next
    HttpLimits limits_;
    State state_ = State::head;
    Coding coding_ = Coding::none;
    std::string line_;
    std::size_t head_bytes_ = 0;
    bool started_ = false;         // the start line was read
    std::uint64_t remaining_ = 0;  // bytes of the body or the chunk still to come
    HttpHead head_;
    std::string body_;
    HttpError error_;
};

}  // namespace hearsay::api
