// app/cli/client.hpp - asks the node: one request on one connection, blocking, bounded in time
// and size. The socket is DIR/run/api, reached through an open descriptor of its directory
// because the path itself may be longer than the 107 bytes an address has room for.
#pragma once

#include <chrono>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include "base/unique_fd.hpp"

namespace hearsay::app::cli {

struct Answer {
    int status = 0;
    std::string body;  // JSON
};

struct ClientError {
    enum class Kind {
        not_running,  // no socket, or nobody answers on it
        denied,       // the socket belongs to somebody else
        timed_out,    // connected, but no answer
        broken,       // what came back is not HTTP, or too large, or cut short
    };
    Kind kind = Kind::not_running;
    std::string text;
};

class Client {
public:
    // The node itself gives up after 30 s; we wait a little longer, to hear about that.
    explicit Client(std::string data_dir, std::chrono::milliseconds wait = std::chrono::seconds(35))
        : data_dir_(std::move(data_dir)), wait_(wait) {}

    // `body` is JSON, or empty for none.
    std::expected<Answer, ClientError> ask(std::string_view method, std::string_view target,
                                           std::string_view body = {}) const;
    // Opens the stream of events; an invalid descriptor if there is none.
    base::UniqueFd open_events() const;
    const std::string& data_dir() const { return data_dir_; }
    std::string socket_path() const { return data_dir_ + "/run/api"; }

private:
    std::string data_dir_;
    std::chrono::milliseconds wait_;
};

// Tells that something happened at the node: an event came. What it was, is asked anew. Without a
// stream - the node is too busy, or gone - it only waits.
class Wakeup {
public:
    explicit Wakeup(const Client& client) : client_(client) {}
    Wakeup(const Wakeup&) = delete;
    Wakeup& operator=(const Wakeup&) = delete;

    // Returns when an event comes, the time is over or a signal arrives.
    void wait(std::chrono::milliseconds most);

private:
    void drain();

    const Client& client_;
    base::UniqueFd fd_;
    std::chrono::steady_clock::time_point open_again_{};  // not at once if the node turned us away
};

}  // namespace hearsay::app::cli
