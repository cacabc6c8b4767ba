#include "api/transport/server.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include <utility>

#include <event2/event.h>
#include <event2/listener.h>

#include "api/encode/answers.hpp"
#include "api/transport/connection.hpp"
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

base::Result<std::unique_ptr<Server>> Server::open(event_base* base, base::UniqueFd bound,
                                                   std::unique_ptr<const Gate> gate,
                                                   const Handler& handler, base::Log& log,
                                                   const ServerLimits& limits) {
    ENSURE(ignores_sigpipe(), "a process that serves the API ignores SIGPIPE");
    std::unique_ptr<Server> server(new Server(base, std::move(gate), handler, log, limits));
    if (!server->listen(std::move(bound)))
        return base::fail(base::ErrorCode::io,
                          std::string("cannot listen on the API socket: ") + std::strerror(errno));
    return server;
}

Server::Server(event_base* base, std::unique_ptr<const Gate> gate, const Handler& handler,
               base::Log& log, const ServerLimits& limits)
    : base_(base), gate_(std::move(gate)), handler_(handler), log_(log), limits_(limits) {}

Server::~Server() {
    if (resume_ != nullptr) event_free(resume_);
    if (accepting_ != nullptr) evconnlistener_free(accepting_);
    connections_.clear();
}

bool Server::listen(base::UniqueFd bound) {
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
            base::guarded("the local interface",
                          [&] { static_cast<Server*>(self)->on_accept(base::UniqueFd(fd)); });
        },
        this, LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_CLOSE_ON_FREE, backlog, bound.get());
    if (resume_ == nullptr || accepting_ == nullptr) return false;
    bound.release();
    evconnlistener_set_error_cb(accepting_, [](evconnlistener*, void* self) {
        base::guarded("the local interface",
                      [&] { static_cast<Server*>(self)->on_accept_failed(); });
    });
    return true;
}

void Server::on_accept_failed() {
    log_.write(base::LogLevel::warning, "api",
               std::string("cannot accept a client: ") + std::strerror(errno));
    // Out of descriptors, most likely. The socket stays readable, so asking again at once would
    // spin.
    evconnlistener_disable(accepting_);
    const timeval pause{1, 0};
    event_add(resume_, &pause);
}

void Server::on_accept(base::UniqueFd fd) {
    if (gate_->meets_strangers()) make_room_for_stranger();
    if (connections_.size() >= limits_.connections_max + turned_away_max) return;
    std::optional<Response> refusal = gate_->refuse_connection(fd.get());
    if (!refusal && connections_.size() >= limits_.connections_max)
        refusal = error_response(503, base::ErrorCode::unavailable,
                                 "too many clients are connected; try again later");
    const std::uint64_t id = next_id_++;
    const std::shared_ptr<Connection> connection = std::make_shared<Connection>(*this, id);
    if (!connection->start(std::move(fd))) return;
    connections_.emplace(id, connection);
    if (refusal) connection->turn_away(*std::move(refusal));
}

void Server::make_room_for_stranger() {
    std::size_t strangers = 0;
    std::shared_ptr<Connection> oldest;
    for (const auto& [id, connection] : connections_) {
        if (!connection->is_stranger()) continue;
        ++strangers;
        if (oldest == nullptr) oldest = connection;
    }
    if (strangers >= limits_.strangers_max && oldest != nullptr) oldest->close();
}

void Server::on_holder_ended(std::uint64_t holder) {
    const auto all = connections_;  // those that end leave the other one
    for (const auto& [id, connection] : all) connection->on_holder_ended(holder);
}

void Server::on_closed(std::uint64_t id) {
    connections_.erase(id);
}

}  // namespace hearsay::api
