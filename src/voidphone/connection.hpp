// voidphone/connection.hpp - one client's socket: frames in, frames out. Rules 2 to 4 of
// voidphone/server.hpp.
#pragma once

#include <deque>
#include <memory>

#include "base/unique_fd.hpp"
#include "voidphone/machine.hpp"

struct event;
struct event_base;

namespace hearsay::voidphone {

class Server;

class Connection final : public std::enable_shared_from_this<Connection> {
public:
    Connection(Server& server, ClientId id, base::UniqueFd fd);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    bool start(event_base* base);
    // False: the client is gone, or reads too slowly; the caller closes it.
    bool send(base::Bytes frame);
    // Nothing is read or written any more.
    void close();

private:
    void on_readable();
    void on_writable();
    void on_retry();
    void handle_frames();
    void look_again(base::MonoTime when);

    Server& server_;
    const ClientId id_;
    base::UniqueFd fd_;
    event* readable_ = nullptr;
    event* writable_ = nullptr;
    event* retry_ = nullptr;
    base::Bytes in_;
    std::deque<base::Bytes> out_;
    std::size_t out_bytes_ = 0;
    std::size_t out_sent_ = 0;  // of the first
    bool waits_ = false;        // for retry_
    bool ended_ = false;        // its stream
    bool closed_ = false;
};

}  // namespace hearsay::voidphone
