#include "tor/conversation.hpp"

#include <utility>

#include <event2/buffer.h>

#include "base/ensure.hpp"
#include "base/guard.hpp"

namespace hearsay::tor {

Conversation::Conversation(event_base* loop, int fd, std::chrono::milliseconds answer_max,
                           OnMessage on_event, OnBroken on_broken)
    : answer_max_(answer_max),
      on_event_(std::move(on_event)),
      on_broken_(std::move(on_broken)),
      answer_timer_(loop, [this] { fail("Tor did not answer"); }),
      stream_(bufferevent_socket_new(loop, fd, BEV_OPT_DEFER_CALLBACKS)) {
    ENSURE(stream_, "libevent has no memory for a stream");
    bufferevent_setcb(
        stream_.get(),
        [](bufferevent*, void* self) {
            base::guarded("Tor's control",
                          [&] { static_cast<Conversation*>(self)->on_readable(); });
        },
        nullptr,
        [](bufferevent*, short, void* self) {
            base::guarded("Tor's control", [&] {
                static_cast<Conversation*>(self)->on_readable();  // what came before the end
                static_cast<Conversation*>(self)->fail(std::string(closed_by_tor));
            });
        },
        this);
    bufferevent_enable(stream_.get(), EV_READ | EV_WRITE);
}

void Conversation::send(std::string_view command, OnMessage on_reply) {
    if (!open_) return;
    const std::string line = control_command(command);
    bufferevent_write(stream_.get(), line.data(), line.size());
    asked_.push_back(std::move(on_reply));
    if (asked_.size() == 1) answer_timer_.arm(answer_max_);
}

void Conversation::on_sign_of_life() {
    if (open_ && !asked_.empty()) answer_timer_.arm(answer_max_);
}

void Conversation::close() {
    open_ = false;
    answer_timer_.cancel();
    bufferevent_disable(stream_.get(), EV_READ | EV_WRITE);
}

void Conversation::on_readable() {
    evbuffer* input = bufferevent_get_input(stream_.get());
    while (open_ && evbuffer_get_length(input) > 0) {
        std::uint8_t bytes[4096];
        const int got = evbuffer_remove(input, bytes, sizeof bytes);
        if (got <= 0) return;
        const auto messages = reader_.feed({bytes, static_cast<std::size_t>(got)});
        if (!messages) return fail(messages.error().text);
        for (const ControlMessage& message : *messages)
            if (open_) deliver(message);
    }
}

void Conversation::deliver(const ControlMessage& message) {
    if (message.is_event()) {
        on_sign_of_life();
        return on_event_(message);
    }
    if (asked_.empty()) return fail("Tor answered what nobody asked");
    const OnMessage on_reply = std::move(asked_.front());
    asked_.pop_front();
    answer_timer_.cancel();
    if (!asked_.empty()) answer_timer_.arm(answer_max_);
    on_reply(message);
}

void Conversation::fail(const std::string& why) {
    if (!open_) return;
    close();
    on_broken_(why);
}

std::vector<std::string> LineSplitter::feed(std::string_view bytes) {
    std::vector<std::string> lines;
    for (const char c : bytes) {
        if (c == '\n') {
            if (line_.ends_with('\r')) line_.pop_back();
            if (!line_.empty()) lines.push_back(std::exchange(line_, {}));
        } else if (line_.size() < line_max) {
            line_ += c;
        }
    }
    return lines;
}

}  // namespace hearsay::tor
