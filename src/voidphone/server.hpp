// voidphone/server.hpp - the TCP sockets of the VoidPhone interface, on the loopback only. What
// frames mean is the machine's.
//
// Rules:
//   1. Only programs of the node's own user and of root are let in (socket_owner.hpp). After one
//      that was not, nobody is accepted for voidphone_refusal_pause.
//   2. Each frame to a client is one write. There is a queue only while the socket takes no more;
//      a client with more than voidphone_unread_bytes_max in it is cut.
//   3. At the end of a client's stream its whole frames are handled still; then it is gone. So a
//      program may announce and leave. It is not told of anything any more.
//   4. A client whose frame has to wait (Machine::on_frame) is not read meanwhile.
// Nothing is sent but frames: a browser that comes by mistake gets no answer, and its connection
// ends with the first four bytes, which are no frame's.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <sys/types.h>

#include "base/log.hpp"
#include "base/unique_fd.hpp"
#include "voidphone/machine.hpp"

struct event;
struct event_base;
struct evconnlistener;

namespace hearsay::voidphone {

class Connection;

class Server {
public:
    struct Means {
        event_base* base = nullptr;  // outlives the server, as does the log
        std::function<base::MonoTime()> now;
        std::function<void(const Spread&)> spread;
        uid_t user = 0;  // the node's own
    };
    // conflict: somebody has the port; io.
    static base::Result<std::unique_ptr<Server>> open(const Config& config, Means means,
                                                      base::Log& log, base::Rng rng);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    // The network brought this.
    void on_item(DataType type, base::ByteView data);
    std::uint16_t port() const { return port_; }

private:
    friend class Connection;
    Server(const Config& config, Means means, base::Log& log, base::Rng rng);
    base::Result<void> listen(const Address& address);
    void on_accept(base::UniqueFd fd);
    void pause(base::Millis wait);
    void perform(const Effect& effect, Effects& more);
    // What the machine is told, and then what it wants done.
    void run(const std::function<void(Machine&, Effects&)>& work);
    base::MonoTime now() const { return means_.now(); }
    void on_gone(ClientId client);  // by itself
    void close(ClientId client);
    void on_deadline();
    void arm();

    const Means means_;
    base::Log& log_;
    Machine machine_;
    std::uint16_t port_ = 0;
    std::uint64_t next_ = 1;
    evconnlistener* accepting_ = nullptr;
    event* resume_ = nullptr;
    event* deadline_ = nullptr;
    std::map<ClientId, std::shared_ptr<Connection>> connections_;
};

}  // namespace hearsay::voidphone
