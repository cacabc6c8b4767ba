// api/routes/router.hpp - finds the row that a request fits (api/routes/routes.hpp), and asks.
//
// Checks, in order (docs/api.md tells clients the same):
//   1. the path is known -> else 404; the method fits it -> else 405 with Allow; the row is for
//      this side, socket or page -> else 403
//   2. the id is letters, digits, '.', '_' and '-' -> else 400
//   3. there is a query only where the path takes one -> else 400
//   4. a body comes as application/json -> else 415
//   5. parameters and the body are what the row takes -> else 400
// Where a request may come from is not asked here: api/transport/gate.hpp.
// Knows nothing of sockets: tests call it directly.
#pragma once

#include "api/backend.hpp"
#include "api/http/message.hpp"
#include "api/routes/routes.hpp"

namespace hearsay::api {

class Router final : public Handler {
public:
    // What goes into `events` is read by whoever asks for GET /v1/events. All outlive the router;
    // `door` is null where the node has none. `side` is the socket or the page.
    Router(Backend& backend, Feed& events, PageDoor* door = nullptr,
           Route::Where side = Route::Where::socket)
        : backend_(backend), events_(events), door_(door), side_(side) {}
    void handle(const HttpHead& head, const std::string& body, Respond respond) const override;

private:
    Backend& backend_;
    Feed& events_;
    PageDoor* const door_;
    const Route::Where side_;
};

}  // namespace hearsay::api
