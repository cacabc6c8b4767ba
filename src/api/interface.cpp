#include "api/interface.hpp"

#include <string>
#include <unistd.h>
#include <utility>

#include "api.pb.h"
#include "api/encode/ndjson.hpp"

namespace hearsay::api {

base::Result<std::unique_ptr<Interface>> Interface::open(event_base* base, int dir_fd,
                                                         Backend& backend, base::Log& log,
                                                         const ServerLimits& limits,
                                                         std::optional<DoorMeans> door,
                                                         const ServerLimits& limits_of_door) {
    base::Result<Listener> listener = Listener::open(dir_fd);
    if (!listener) return std::unexpected(listener.error());
    std::unique_ptr<Interface> out(
        new Interface(*std::move(listener), base, backend, log, std::move(door), limits_of_door));
    auto server = Server::open(base, out->listener_.take_socket(),
                               std::make_unique<UnixGate>(geteuid()), out->router_, log, limits);
    if (!server) return std::unexpected(server.error());
    out->server_ = *std::move(server);
    return out;
}

base::Result<void> Interface::share(event_base* base, int dir_fd, gid_t group,
                                    const ServerLimits& limits) {
    base::Result<Listener> listener = Listener::open(dir_fd, group);
    if (!listener) return std::unexpected(listener.error());
    shared_listener_.emplace(*std::move(listener));
    auto server = Server::open(base, shared_listener_->take_socket(),
                               std::make_unique<UnixGate>(geteuid(), group), router_, log_, limits);
    if (!server) return std::unexpected(server.error());
    shared_server_ = *std::move(server);
    return {};
}

void Interface::publish(Event event) {
    event.set_number(events_.last() + 1);
    const base::Result<std::string> line = to_ndjson(event);
    if (!line)
        return log_.write(base::LogLevel::warning, "api",
                          "an event was dropped: " + line.error().text);
    events_.feed(*line, {event.number(), event.kind(), event.topic()});
}

}  // namespace hearsay::api
