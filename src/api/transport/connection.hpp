// api/transport/connection.hpp - one client of the local API, from accept to close.
//
// A connection is in one phase at a time, and each phase has its own deadline
// (api/transport/server.hpp):
//   reading    a request, or waiting for one
//   answering  the handler was asked; further bytes wait, at most api_pending_bytes_max
//   streaming  what a feed gives goes out until either side ends it
//   ending     the last answer is on its way out, then the connection closes
//   closed     nothing happens any more
// A client may close its sending side and still get its answer; on a stream that means goodbye.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "api/http/feed.hpp"
#include "api/http/reader.hpp"
#include "base/time.hpp"
#include "base/unique_fd.hpp"

struct bufferevent;
struct event;

namespace hearsay::api {

class Server;

class Connection final : public std::enable_shared_from_this<Connection>, private Feed::Reader {
public:
    Connection(Server& server, std::uint64_t id);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    bool start(base::UniqueFd fd);
    // Says this and ends, without waiting for a request.
    void turn_away(Response response);
    // Nothing on it has told yet whose it is, where that matters (api/transport/gate.hpp).
    bool is_stranger() const { return stranger_; }
    // Ends what is open to this holder; an answer that is under way is the last one.
    void on_holder_ended(std::uint64_t holder);
    void close();

private:
    enum class Phase { reading, answering, streaming, ending, closed };

    void on_readable();
    void on_written();
    void on_ended(short what);
    void on_deadline();
    bool on_head();
    void on_request();
    void on_bad_request();
    void on_fed(std::string_view bytes) override;
    void respond(std::uint64_t exchange, Response response);
    void stream(const Response& response);
    void send_line(std::string_view bytes);
    void read_next();
    void set_deadline(base::Millis wait);
    void on_holder(std::uint64_t holder);

    Server& server_;
    const std::uint64_t id_;
    Phase phase_ = Phase::reading;
    bufferevent* stream_ = nullptr;
    event* deadline_ = nullptr;
    event* stranger_deadline_ = nullptr;  // of a stranger, for all that it does
    bool stranger_ = false;
    std::uint64_t holder_ = 0;
    HttpReader reader_;
    Feed* feed_ = nullptr;        // while streaming
    std::uint64_t exchange_ = 0;  // numbers requests, so that late answers find nobody
    bool keep_alive_ = true;
    bool client_done_ = false;  // it will send nothing more
    bool chunked_ = true;       // of a stream
    bool head_only_ = false;    // HEAD asks for no body
    bool reading_now_ = false;  // on_readable is running
};

}  // namespace hearsay::api
