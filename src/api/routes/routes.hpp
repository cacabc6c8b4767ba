// api/routes/routes.hpp - all that can be asked of the local API, as data: a row for each.
//
// The table of docs/api.md holds the same rows; tests/unit/api/routes_test.cpp compares them. A new
// question is a function of the Backend, a row here and a row there.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "api/backend.hpp"
#include "api/door/page_door.hpp"
#include "api/http/message.hpp"
#include "api/routes/parameters.hpp"

namespace google::protobuf {
class Descriptor;
}  // namespace google::protobuf

namespace hearsay::api {

// One request, after it was found to fit its row.
struct Call {
    Backend& backend;
    Feed& events;
    std::string id;  // empty if the path holds none
    std::string_view query;
    const std::string& body;
    int status;              // of success
    PageDoor* door;          // null where the node has none
    std::string_view token;  // that a page has shown
};

struct Route {
    // The Unix socket, the door for the page (api/door/door.hpp), or both. What gives away or takes
    // over keys is for the socket alone: decision 20.
    enum class Where { both, socket, page };
    // What comes with the request beside its path: nothing, parameters behind '?', or a message.
    enum class Takes { nothing, query, body };
    // Its descriptor, of a message; null where there is none.
    using Message = const google::protobuf::Descriptor* (*)();

    std::string_view method;
    std::string_view path;  // a word in braces stands for an id: "/v1/trades/{id}/moves"
    int status;             // of success
    Takes takes;
    Message request;
    Message answer;
    void (*ask)(const Call&, Respond);
    Where where = Where::both;
    // The parameters that it takes; null where it takes none.
    std::vector<Parameters::Described> (*parameters)() = nullptr;
};

std::span<const Route> routes();

}  // namespace hearsay::api
