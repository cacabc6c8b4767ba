// tor/conversation.hpp - questions and answers over the control socket, on the event loop.
//
// Tor answers in the order in which it was asked; events come in between. When the socket closes,
// a message breaks the rules of control.hpp, or answer_max passes without an answer or any other
// sign of life (an event, on_sign_of_life()), on_broken is called once and nothing afterwards: a
// Tor that reads its caches on a slow machine may take minutes, and says so in its log. The socket
// is owned by the child's ChildProcess.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <event2/bufferevent.h>

#include "tor/control.hpp"
#include "tor/event.hpp"

namespace hearsay::tor {

class Conversation {
public:
    using OnMessage = std::function<void(const ControlMessage&)>;
    using OnBroken = std::function<void(const std::string& why)>;
    static constexpr std::string_view closed_by_tor = "Tor closed its control socket";

    Conversation(event_base* loop, int fd, std::chrono::milliseconds answer_max, OnMessage on_event,
                 OnBroken on_broken);
    Conversation(const Conversation&) = delete;
    Conversation& operator=(const Conversation&) = delete;

    void send(std::string_view command, OnMessage on_reply);
    void set_answer_max(std::chrono::milliseconds answer_max) { answer_max_ = answer_max; }
    void on_sign_of_life();  // whoever is asked is slow, not stuck
    void close();            // no callback comes after this

private:
    struct BuffereventFree {
        void operator()(bufferevent* handle) const { bufferevent_free(handle); }
    };
    void on_readable();
    void deliver(const ControlMessage& message);
    void fail(const std::string& why);

    std::chrono::milliseconds answer_max_;
    OnMessage on_event_;
    OnBroken on_broken_;
    ControlReader reader_;
    std::deque<OnMessage> asked_;
    Timer answer_timer_;
    std::unique_ptr<bufferevent, BuffereventFree> stream_;
    bool open_ = true;
};

// Splits Tor's log into lines. A line longer than line_max is cut, and its rest dropped.
class LineSplitter {
public:
    static constexpr std::size_t line_max = 8 * 1024;
    std::vector<std::string> feed(std::string_view bytes);

private:
    std::string line_;
};

}  // namespace hearsay::tor
