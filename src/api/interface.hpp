// api/interface.hpp - the local API as the node opens it: a socket DIR/api with its gate, the
// routes behind it, and the feed of events. See docs/api.md.
//
//     sockets -> transport/ (bytes, times, gate) -> routes/ (which question) -> Backend
//                    http/ (messages)                   encode/ (JSON, NDJSON)
//
// transport/ knows no route, routes/ knows no socket, and http/ neither of them.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "api/backend.hpp"
#include "api/door/door.hpp"
#include "api/http/feed.hpp"
#include "api/routes/router.hpp"
#include "api/transport/listener.hpp"
#include "api/transport/server.hpp"

namespace hearsay::api {

class Interface {
public:
    // `base`, `backend` and `log` outlive the interface; `dir_fd` may be closed afterwards.
    // Without `door` there is none.
    static base::Result<std::unique_ptr<Interface>> open(
        event_base* base, int dir_fd, Backend& backend, base::Log& log,
        const ServerLimits& limits = {}, std::optional<DoorMeans> door = {},
        const ServerLimits& limits_of_door = door_limits());
    Interface(const Interface&) = delete;
    Interface& operator=(const Interface&) = delete;

    // Events have numbers above this one. To be called before any is published.
    void number_events_after(std::uint64_t number) { events_.begin_after(number); }
    // Numbers the event and sends it to every consumer of GET /v1/events. May close some.
    void publish(Event event);

    // The same in a further directory, for the members of a group.
    base::Result<void> share(event_base* base, int dir_fd, gid_t group,
                             const ServerLimits& limits = {});

    // Listens for browsers without having been asked over the socket. There is a door.
    base::Result<void> open_door() { return door_->listen(); }

    std::size_t connections() const { return server_->connections(); }
    std::size_t streams() const { return events_.readers(); }

private:
    Interface(Listener listener, event_base* base, Backend& backend, base::Log& log,
              std::optional<DoorMeans> door, const ServerLimits& limits_of_door)
        : log_(log),
          door_(door ? std::make_unique<Door>(base, *std::move(door), backend, events_, log,
                                              limits_of_door)
                     : nullptr),
          router_(backend, events_, door_.get()),
          listener_(std::move(listener)) {}

    base::Log& log_;
    Feed events_;
    const std::unique_ptr<Door> door_;
    const Router router_;
    Listener listener_;               // its name goes after the server has closed the socket
    std::unique_ptr<Server> server_;  // there as soon as open() has succeeded
    std::optional<Listener> shared_listener_;
    std::unique_ptr<Server> shared_server_;
};

}  // namespace hearsay::api
