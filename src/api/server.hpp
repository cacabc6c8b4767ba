// api/server.hpp - the local API: HTTP/1.1 and JSON on a Unix socket, see docs/api.md.
//
// Everything runs on the thread of the given event_base. The process must ignore SIGPIPE, because
// clients go away while we write; open() insists.
// Limits, so that no client can hold the node's memory or descriptors:
//   1. `connections_max` at a time; the next is told 503 and closed
//   2. another user's process is told 403 and closed (SO_PEERCRED; root and our own user may talk)
//   3. a request is complete `request_wait` after its first byte, however slowly it trickles, and
//      its body at most `body_bytes_max`; else 408, 413 or 431, and the connection ends
//   4. an unanswered request gets 503 after `answer_wait`; what the backend says later is dropped
//   5. a client that does not read its answer for `write_wait` is cut; a consumer of the event
//      stream also when more than `stream_bytes_max` waits for it
//   6. a connection without a request is closed after `idle_wait`
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>

#include "api/backend.hpp"
#include "api/http.hpp"
#include "api/listener.hpp"
#include "api/router.hpp"
#include "base/limits/api.hpp"
#include "base/log.hpp"

struct event;
struct event_base;
struct evconnlistener;

namespace hearsay::api {

struct ServerLimits {
    std::size_t connections_max = base::limits::api_connections_max;
    std::size_t body_bytes_max = base::limits::api_body_bytes_max;
    std::size_t head_bytes_max = base::limits::api_head_bytes_max;
    std::size_t stream_bytes_max = base::limits::api_stream_bytes_max;
    base::Millis request_wait = std::chrono::seconds(10);
    base::Millis answer_wait = std::chrono::seconds(30);
    base::Millis write_wait = std::chrono::seconds(30);
    base::Millis idle_wait = std::chrono::seconds(60);
};

class Connection;

class Server {
public:
    // `base`, `backend` and `log` outlive the server; `dir_fd` may be closed afterwards.
    static base::Result<std::unique_ptr<Server>> open(event_base* base, int dir_fd, Backend& backend,
                                                      base::Log& log, const ServerLimits& limits = {});
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // Sends the event to every consumer of GET /v1/events. May close some.
    void publish(const Event& event);

    std::size_t connections() const { return connections_.size(); }
    std::size_t streams() const;

private:
    friend class Connection;
    Server(event_base* base, Listener listener, Backend& backend, base::Log& log, const ServerLimits& limits);
    bool listen();
    void on_accept(int fd);
    void on_accept_failed();
    void on_closed(std::uint64_t id);  // the connection is done with everything

    event_base* const base_;
    Listener name_;
    const Router router_;
    base::Log& log_;
    const ServerLimits limits_;
    evconnlistener* accepting_ = nullptr;
    event* resume_ = nullptr;  // accepts again after descriptors ran out
    std::uint64_t next_id_ = 1;
    std::map<std::uint64_t, std::shared_ptr<Connection>> connections_;
};

}  // namespace hearsay::api
