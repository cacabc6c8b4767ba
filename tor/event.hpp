// tor/event.hpp - libevent's read events and timers as values that end with their owner.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include <event2/event.h>

#include "base/ensure.hpp"
#include "base/guard.hpp"

namespace hearsay::tor {

struct EventFree {
    void operator()(event* handle) const { event_free(handle); }
};

// Calls back whenever `fd` is readable. Must be destroyed before `fd` is closed.
class Event {
public:
    Event(event_base* loop, int fd, std::function<void()> on_readable)
        : on_readable_(std::move(on_readable)),
          handle_(event_new(
              loop, fd, EV_READ | EV_PERSIST,
              [](evutil_socket_t, short, void* self) {
                  base::guarded("Tor's control",
                                [&] { static_cast<Event*>(self)->on_readable_(); });
              },
              this)) {
        ENSURE(handle_ && event_add(handle_.get(), nullptr) == 0,
               "libevent has no memory for an event");
    }
    Event(const Event&) = delete;
    Event& operator=(const Event&) = delete;

    // May be called from within the callback, where the destructor must not be.
    void cancel() { event_del(handle_.get()); }

private:
    std::function<void()> on_readable_;
    std::unique_ptr<event, EventFree> handle_;
};

// Calls back once after each arm() that is not cancelled or followed by another.
class Timer {
public:
    Timer(event_base* loop, std::function<void()> on_time)
        : on_time_(std::move(on_time)),
          handle_(event_new(
              loop, -1, 0,
              [](evutil_socket_t, short, void* self) {
                  base::guarded("Tor's control", [&] { static_cast<Timer*>(self)->on_time_(); });
              },
              this)) {
        ENSURE(handle_, "libevent has no memory for a timer");
    }
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    void arm(std::chrono::milliseconds delay) {
        const timeval when{.tv_sec = delay.count() / 1000, .tv_usec = delay.count() % 1000 * 1000};
        event_add(handle_.get(), &when);
    }
    void cancel() { event_del(handle_.get()); }

private:
    std::function<void()> on_time_;
    std::unique_ptr<event, EventFree> handle_;
};

}  // namespace hearsay::tor
