// api/transport/server.hpp - one listener of the local API: it accepts clients, asks its gate, and
// serves HTTP/1.1 from the handler. What is asked and answered is not its business.
//
// Everything runs on the thread of the given event_base. The process must ignore SIGPIPE, because
// clients go away while we write; open() insists.
// Limits, so that no client can hold the node's memory or descriptors:
//   1. `connections_max` at a time; the next is told 503 and closed
//   2. whom the gate refuses is told so and closed (api/transport/gate.hpp)
//   3. a request is complete `request_wait` after its first byte, however slowly it trickles, and
//      its body at most `body_bytes_max`; else 408, 413 or 431, and the connection ends
//   4. an unanswered request gets 503 after `answer_wait`; what the handler says later is dropped
//   5. a client that does not read its answer for `write_wait` is cut; a consumer of a stream also
//      when more than `stream_bytes_max` waits for it
//   6. a connection without a request is closed after `idle_wait`
//   7. where the gate meets strangers, a connection that has not shown whose it is ends after
//      `stranger_wait`, whatever it does. There are at most `strangers_max` of them. For one more
//      the oldest goes: if newcomers were refused instead, so many silent ones would lock everybody
//      out
// A second listener, such as one for a web page, is a second Server with its own gate and limits
// before the same handler: its clients take no place from these.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>

#include "api/http/message.hpp"
#include "api/transport/gate.hpp"
#include "base/limits/api.hpp"
#include "base/log.hpp"
#include "base/unique_fd.hpp"

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
    std::size_t strangers_max = 0;
    base::Millis stranger_wait{0};
};

class Connection;

class Server {
public:
    // `bound` is a non-blocking socket that does not listen yet. `base`, `handler` and `log`
    // outlive the server.
    static base::Result<std::unique_ptr<Server>> open(event_base* base, base::UniqueFd bound,
                                                      std::unique_ptr<const Gate> gate,
                                                      const Handler& handler, base::Log& log,
                                                      const ServerLimits& limits);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    std::size_t connections() const { return connections_.size(); }
    // Whoever had this number (Gate::holder) is nobody any more: what is open to it ends.
    void on_holder_ended(std::uint64_t holder);

private:
    friend class Connection;
    Server(event_base* base, std::unique_ptr<const Gate> gate, const Handler& handler,
           base::Log& log, const ServerLimits& limits);
    bool listen(base::UniqueFd bound);
    void on_accept(base::UniqueFd fd);
    void on_accept_failed();
    void make_room_for_stranger();
    void on_closed(std::uint64_t id);  // the connection is done with everything

    event_base* const base_;
    const std::unique_ptr<const Gate> gate_;
    const Handler& handler_;
    base::Log& log_;
    const ServerLimits limits_;
    evconnlistener* accepting_ = nullptr;
    event* resume_ = nullptr;  // accepts again after descriptors ran out
    std::uint64_t next_id_ = 1;
    std::map<std::uint64_t, std::shared_ptr<Connection>> connections_;
};

}  // namespace hearsay::api
