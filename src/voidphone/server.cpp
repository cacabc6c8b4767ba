#include "voidphone/server.hpp"

#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <utility>

#include <event2/event.h>
#include <event2/listener.h>

#include "base/guard.hpp"
#include "base/overloaded.hpp"
#include "voidphone/connection.hpp"
#include "voidphone/socket_owner.hpp"

namespace hearsay::voidphone {
namespace {

using base::LogLevel;

constexpr int backlog = 64;
constexpr base::Millis no_descriptors_pause = std::chrono::seconds(1);

timeval to_timeval(base::Millis wait) {
    return {static_cast<time_t>(wait.count() / 1000),
            static_cast<suseconds_t>(wait.count() % 1000 * 1000)};
}

// An invalid descriptor and errno, if it cannot be.
template <class SocketAddress>
base::UniqueFd bound(int family, const SocketAddress& address) {
    base::UniqueFd fd(socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd.valid()) return fd;
    // What a node left behind a minute ago must not keep the port of its successor.
    const int yes = 1;
    setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (family == AF_INET6) setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
    if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return {};
    return fd;
}

base::UniqueFd bound(const Address& address) {
    if (address.v6) {
        sockaddr_in6 v6{};
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(address.port);
        v6.sin6_addr = in6addr_loopback;
        return bound(AF_INET6, v6);
    }
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(address.port);
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return bound(AF_INET, v4);
}

MachineLimits limits_of(const Config& config) {
    MachineLimits out;
    out.waiting_max = config.cache_size;
    return out;
}

}  // namespace

base::Result<std::unique_ptr<Server>> Server::open(const Config& config, Means means,
                                                   base::Log& log, base::Rng rng) {
    std::unique_ptr<Server> server(new Server(config, std::move(means), log, std::move(rng)));
    if (auto listening = server->listen(config.api_address); !listening)
        return std::unexpected(listening.error());
    return server;
}

Server::Server(const Config& config, Means means, base::Log& log, base::Rng rng)
    : means_(std::move(means)),
      log_(log),
      machine_(limits_of(config), config.data_types, std::move(rng)) {}

Server::~Server() {
    connections_.clear();
    for (event* const each : {resume_, deadline_})
        if (each != nullptr) event_free(each);
    if (accepting_ != nullptr) evconnlistener_free(accepting_);
}

base::Result<void> Server::listen(const Address& address) {
    const auto failure = [&] {
        const bool taken = errno == EADDRINUSE;
        return base::fail(taken ? base::ErrorCode::conflict : base::ErrorCode::io,
                          "cannot listen on " + to_text(address) + ": " +
                              (taken ? "another program does already" : std::strerror(errno)));
    };
    base::UniqueFd socket = bound(address);
    if (!socket.valid()) return failure();
    resume_ = event_new(
        means_.base, -1, 0,
        [](evutil_socket_t, short, void* self) {
            base::guarded("the VoidPhone interface",
                          [&] { evconnlistener_enable(static_cast<Server*>(self)->accepting_); });
        },
        this);
    deadline_ = event_new(
        means_.base, -1, 0,
        [](evutil_socket_t, short, void* self) {
            base::guarded("the VoidPhone interface",
                          [&] { static_cast<Server*>(self)->on_deadline(); });
        },
        this);
    accepting_ = evconnlistener_new(
        means_.base,
        [](evconnlistener*, evutil_socket_t fd, sockaddr*, int, void* self) {
            base::guarded("the VoidPhone interface",
                          [&] { static_cast<Server*>(self)->on_accept(base::UniqueFd(fd)); });
        },
        this, LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_CLOSE_ON_FREE, backlog, socket.get());
    if (resume_ == nullptr || deadline_ == nullptr || accepting_ == nullptr) return failure();
    socket.release();
    evconnlistener_set_error_cb(accepting_, [](evconnlistener*, void* self) {
        base::guarded("the VoidPhone interface",
                      [&] { static_cast<Server*>(self)->pause(no_descriptors_pause); });
    });
    port_ = address.port;
    log_.write(LogLevel::info, "voidphone", "listens on " + to_text(address));
    return {};
}

void Server::pause(base::Millis wait) {
    evconnlistener_disable(accepting_);
    const timeval time = to_timeval(wait);
    event_add(resume_, &time);
}

void Server::on_accept(base::UniqueFd fd) {
    const auto owner = owner_of_peer(fd.get());
    if (!owner || (*owner != means_.user && *owner != 0)) {
        log_.write(LogLevel::info, "voidphone",
                   owner ? "a program of another user was refused"
                         : "a program that had gone before it was let in was refused");
        return pause(base::limits::voidphone_refusal_pause);
    }
    const ClientId id{next_++};
    if (!machine_.on_opened(id)) {
        log_.write(LogLevel::info, "voidphone",
                   "a program was refused: there are " + std::to_string(machine_.clients()));
        return pause(base::limits::voidphone_refusal_pause);
    }
    const auto connection = std::make_shared<Connection>(*this, id, std::move(fd));
    connections_.emplace(id, connection);
    if (!connection->start(means_.base)) on_gone(id);
}

void Server::on_item(DataType type, base::ByteView data) {
    run([&](Machine& machine, Effects& out) { machine.on_item(type, data, out); });
}

void Server::on_gone(ClientId client) {
    close(client);
    run([&](Machine& machine, Effects& out) { machine.on_closed(client, out); });
}

void Server::close(ClientId client) {
    const auto found = connections_.find(client);
    if (found == connections_.end()) return;
    found->second->close();
    connections_.erase(found);  // whoever calls from it holds it
}

void Server::on_deadline() {
    run([&](Machine& machine, Effects& out) { machine.on_timer(now(), out); });
}

void Server::run(const std::function<void(Machine&, Effects&)>& work) {
    Effects effects;
    work(machine_, effects);
    while (!effects.empty()) {
        Effects more;
        for (const Effect& effect : effects) perform(effect, more);
        effects = std::move(more);
    }
    arm();
}

void Server::perform(const Effect& effect, Effects& more) {
    const base::Overloaded handle{
        [&](const Send& send) {
            const auto found = connections_.find(send.client);
            if (found == connections_.end() || found->second->send(send.frame)) return;
            log_.write(LogLevel::info, "voidphone",
                       "a program that is gone, or reads too slowly, was cut");
            close(send.client);
            machine_.on_closed(send.client, more);
        },
        [&](const End& end) {
            log_.write(LogLevel::info, "voidphone", "a program was cut: it sent " + end.why);
            close(end.client);
        },
        [&](const Spread& spread) { means_.spread(spread); },
        [&](const Drop& drop) {
            log_.write(LogLevel::debug, "voidphone",
                       "an announcement of type " + std::to_string(drop.type) +
                           " is not passed on: " + drop.why);
        },
    };
    std::visit(handle, effect);
}

void Server::arm() {
    const base::MonoTime due = machine_.next_deadline();
    if (due == base::never) {
        event_del(deadline_);
        return;
    }
    const timeval time = to_timeval(std::max(due - now(), base::Millis(1)));
    event_add(deadline_, &time);
}

}  // namespace hearsay::voidphone
