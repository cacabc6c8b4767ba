// api/http/message.hpp - the head of an HTTP/1.1 message, and what an answer consists of before it
// is bytes.
//
// Pure values: nothing here knows sockets, JSON or what the node can do.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/http/feed.hpp"

namespace hearsay::api {

struct HttpField {
    std::string name;   // lower case where it was read; as it is to be sent in a Response
    std::string value;  // without surrounding blanks
    bool operator==(const HttpField&) const = default;
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

// What a request is answered with. Fields that tell how long the answer is and whether the
// connection goes on are the transport's: Content-Length, Transfer-Encoding, Connection.
struct Response {
    int status = 200;
    std::vector<HttpField> fields;
    // A body; or what comes to its readers from now on, until either side ends it. A feed outlives
    // the transport.
    std::variant<std::string, Feed*> content;
    // Of a stream: what its reader wants of the feed, and what it begins with.
    Feed::Filter filter{};
    std::string first{};

    bool is_stream() const { return std::holds_alternative<Feed*>(content); }
    // Empty for a stream.
    const std::string& body() const;
    const std::string* find(std::string_view name) const;
};
using Respond = std::function<void(Response)>;

// What requests are given to, once they are complete and a gate let them in.
class Handler {
public:
    virtual ~Handler() = default;
    // Calls `respond` once, at once or later. Who asked may be gone by then.
    virtual void handle(const HttpHead& head, const std::string& body, Respond respond) const = 0;
};

// "Not Found"; "Unknown" for a status that this interface does not use.
std::string_view http_reason(int status);

// Case-insensitive comparison of ASCII text.
bool same_word(std::string_view a, std::string_view b);
// Without blanks and tabs at either end (RFC 9110 section 5.6.3, OWS).
std::string_view without_blanks(std::string_view text);

// Of a Content-Type, whatever parameters follow.
bool is_json_type(std::string_view type);

}  // namespace hearsay::api
