#include "api/server.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include <event2/event.h>
#include <event2/listener.h>

#include "api/connection.hpp"
#include "api/json.hpp"
#include "base/ensure.hpp"
#include "base/guard.hpp"

namespace hearsay::api {

namespace {

constexpr int backlog = 64;
// Beyond connections_max a few more are held just long enough to be told so.
constexpr std::size_t turned_away_max = 16;

bool ignores_sigpipe() {
    struct sigaction now{};
    return sigaction(SIGPIPE, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

}  // namespace

base::Result<std::unique_ptr<Server>> Server::open(event_base* base, int dir_fd, Backend& backend,
                                                   base::Log& log, const ServerLimits& limits) {
    ENSURE(ignores_sigpipe(), "a process that serves the API ignores SIGPIPE");
    base::Result<Listener> listener = Listener::open(dir_fd);
    if (!listener) return std::unexpected(listener.error());
    std::unique_ptr<Server> server(new Server(base, *std::move(listener), backend, log, limits));
    if (!server->listen())
        return base::fail(base::ErrorCode::io,
                          std::string("cannot listen on the API socket: ") + std::strerror(errno));
    return server;
}

Server::Server(event_base* base, Listener listener, Backend& backend, base::Log& log,
               const ServerLimits& limits)
    : base_(base), name_(std::move(listener)), router_(backend), log_(log), limits_(limits) {}

Server::~Server() {
    if (resume_ != nullptr) event_free(resume_);
    if (accepting_ != nullptr) evconnlistener_free(accepting_);
    connections_.clear();
}

bool Server::listen() {
    resume_ = event_new(
        base_, -1, 0,
        [](evutil_socket_t, short, void* self) {
            base::guarded("the local interface",
                          [&] { evconnlistener_enable(static_cast<Server*>(self)->accepting_); });
        },
        this);
    accepting_ = evconnlistener_new(
        base_,
        [](evconnlistener*, evutil_socket_t fd, sockaddr*, int, void* self) {
            base::guarded("the local interface", [&] { static_cast<Server*>(self)->on_accept(fd); });
        },
        this, LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_CLOSE_ON_FREE, backlog, name_.fd());
    if (resume_ == nullptr || accepting_ == nullptr) return false;
    name_.release();
    evconnlistener_set_error_cb(accepting_, [](evconnlistener*, void* self) {
        base::guarded("the local interface", [&] { static_cast<Server*>(self)->on_accept_failed(); });
    });
    return true;
}

void Server::on_accept_failed() {
    log_.write(base::LogLevel::warning, "api",
               std::string("cannot accept a client: ") + std::strerror(errno));
    // Out of descriptors, most likely. The socket stays readable, so asking again at once would spin.
    evconnlistener_disable(accepting_);
    const timeval pause{1, 0};
    event_add(resume_, &pause);
}

void Server::on_accept(int fd) {
    if (connections_.size() >= limits_.connections_max + turned_away_max) {
        ::close(fd);
        return;
    }
    const base::Result<uid_t> user = peer_user(fd);
    const std::uint64_t id = next_id_++;
    const std::shared_ptr<Connection> connection = std::make_shared<Connection>(*this, id);
    const bool full = connections_.size() >= limits_.connections_max;
    if (!connection->start(fd)) return;
    connections_.emplace(id, connection);
    if (!user || !may_talk(*user, geteuid())) {
        connection->turn_away(
            error_response(403, base::ErrorCode::denied,
                           "this node belongs to another user; only that user and root may talk to it"));
    } else if (full) {
        connection->turn_away(error_response(503, base::ErrorCode::unavailable,
                                             "too many clients are connected; try again later"));
    }
}

void Server::on_closed(std::uint64_t id) {
    connections_.erase(id);
}

void Server::publish(const Event& event) {
    const base::Result<std::string> json = to_json(event);
    if (!json)
        return log_.write(base::LogLevel::warning, "api", "an event was dropped: " + json.error().text);
    const std::string line = *json + "\n";
    std::vector<std::shared_ptr<Connection>> all;  // a copy: sending may close some
    for (const auto& [id, connection] : connections_) all.push_back(connection);
    for (const std::shared_ptr<Connection>& connection : all) connection->send_event(line);
}

std::size_t Server::streams() const {
    std::size_t count = 0;
    for (const auto& [id, connection] : connections_) count += connection->is_streaming() ? 1 : 0;
    return count;
}

}  // namespace hearsay::api
