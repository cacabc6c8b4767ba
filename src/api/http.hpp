// api/http.hpp - reads HTTP/1.1 messages (RFC 9112) from bytes, for the server and the command.
//
// Pure: bytes in, a message or a reason out; no sockets, no clock. Why not evhttp: version 2.1
// cannot limit connections, closes no connection that trickles, and answers malformed requests
// with HTML of its own, where this interface promises JSON.
// Rules, strict because a local client has no reason to be odd:
//   1. lines end with CR LF; a lone CR or LF, or a NUL, is an error
//   2. the head (start line and fields) and the number of fields are limited; no folded lines, no
//      space before the colon (section 5.1), no control characters in values; in a trailer neither
//   3. the body's end is told by Content-Length or by chunked coding, never by both (section 6.3);
//      other codings are refused; a response without either lasts until the connection ends. Numbers are
//      digits and nothing else; extensions of chunks are skipped, and limited in all as the head is
//   4. the body is limited, before it is read where its length is declared
// Memory: at most head_bytes_max plus body_bytes_max.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits/api.hpp"

namespace hearsay::api {

struct HttpLimits {
    std::size_t head_bytes_max = base::limits::api_head_bytes_max;  // also for the trailer of a chunked body
    std::size_t fields_max = 64;
    std::size_t body_bytes_max = 0;
};

struct HttpField {
    std::string name;   // lower case
    std::string value;  // without surrounding blanks
};

struct HttpHead {
    std::string method;  // of a request
    std::string target;  // of a request, as sent; begins with '/'
    int status = 0;      // of a response
    int minor = 1;       // HTTP/1.<minor>, 0 or 1
    std::vector<HttpField> fields;

    std::size_t count(std::string_view name) const;
    // The first of that name, or nothing.
    std::optional<std::string_view> find(std::string_view name) const;
    // True if the comma-separated field holds this token, in any case (Connection: close).
    bool has_token(std::string_view name, std::string_view token) const;
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
    bool untouched() const { return state_ == State::head && head_bytes_ == 0; }
    const HttpHead& head() const { return head_; }  // complete once the state is body or done
    const std::string& body() const { return body_; }
    const HttpError& error() const { return error_; }  // once failed

private:
    enum class Coding { none, length, chunk_size, chunk_data, chunk_end, trailer, until_end };

    void fail(int status, std::string text);
    bool take_line(std::string_view bytes, std::size_t& used);
    void on_head_line();
    void on_start_line();
    bool check_field_line();
    void on_field_line();
    void on_head_complete();
    void on_body_line();
    std::size_t on_body_bytes(std::string_view bytes);

    const Kind kind_;
    const HttpLimits limits_;
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

// Case-insensitive comparison of ASCII text.
bool same_word(std::string_view a, std::string_view b);

}  // namespace hearsay::api
