// api/router.hpp - which request is which question to the Backend, and how answers become HTTP.
//
// Checks, in order (docs/api.md tells clients the same):
//   1. Host is hearsay or localhost, and there is no Origin -> else 403. A web page cannot forge
//      these, so no page in the user's browser reaches the node, even over a forwarded socket.
//   2. the path is known -> else 404; the method fits it -> else 405 with Allow
//   3. the id is letters, digits and dots; the query has known names only -> else 400
//   4. a body comes as application/json -> else 415; it is the message asked for -> else 400
// Knows nothing of sockets: tests call it directly.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "api/backend.hpp"
#include "api/http.hpp"

namespace hearsay::api {

struct Response {
    int status = 200;
    std::string body;     // JSON
    std::string allow;    // the methods, for 405
    bool stream = false;  // body is empty; events follow until somebody ends it
};
using Respond = std::function<void(Response)>;

// 400 for invalid, 404 for not_found and so on.
int http_status(base::ErrorCode code);
std::string_view http_reason(int status);
Response error_response(const base::Error& error);
Response error_response(int status, base::ErrorCode code, std::string text);

class Router {
public:
    explicit Router(Backend& backend) : backend_(backend) {}
    // Calls `respond` once, at once or when the backend answers.
    void handle(const HttpHead& head, const std::string& body, Respond respond) const;

private:
    Backend& backend_;
};

}  // namespace hearsay::api
