// net/loop.hpp - the one event loop of the node, its timers, its clocks, and the way in from other
// threads.
//
// Rules:
//   1. Everything of libevent happens on the thread that calls run(). The only calls other threads
//      may make are post() and stop().
//   2. A posted function runs on the loop's thread, in the order of posting, never inside post().
//      However many are posted, at most one wake-up is under way:
//      the queue's first writes one eventfd.
//   3. Time that measures waiting counts while the machine sleeps (CLOCK_BOOTTIME), for now() and
//      for Timer alike: a laptop that wakes finds its links old and its deadlines passed at once.
//      libevent's own timers stand still during sleep, therefore Timer is a timerfd.
//   4. A write to a closed socket is an error value, not a signal: the loop ignores SIGPIPE for the
//      whole process, because OpenSSL writes without MSG_NOSIGNAL.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <vector>

#include "base/limits/relay.hpp"
#include "base/time.hpp"
#include "net/sockets.hpp"

struct event;
struct event_base;

namespace hearsay::net {

// The real clocks. Only the outer rooms and the app may ask; the rooms left of them are told.
base::Now now();

struct EventFree {
    void operator()(event* handle) const;
};
using EventHandle = std::unique_ptr<event, EventFree>;

class Loop {
public:
    // Functions waiting to run. Who posts is itself limited (the worker pool by
    // limits::verifying_items_max), so more than this is a bug of ours and ends the process.
    static constexpr std::size_t posts_max = 65536;

    Loop();
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    void run();   // until stop(); may be called again
    void stop();  // any thread; before run() it makes the next run() return at once
    void post(std::function<void()> work);  // any thread

    // Calls `handler` on the loop's thread for SIGINT and SIGTERM instead of ending the process,
    // also for one that came while they were blocked. The calling thread blocks them from then on,
    // and so do the threads that it makes. At most one Loop of a process may ask.
    void on_stop_signal(std::function<void(int signal)> handler);

    // The same for SIGHUP.
    void on_hangup(std::function<void()> handler);

    // For tor/ and api/, which make events of their own on the same loop.
    event_base* raw() const { return base_.get(); }

private:
    struct BaseFree {
        void operator()(event_base* handle) const;
    };
    // Signals that a descriptor tells of.
    struct Signals {
        UniqueFd fd;
        std::function<void(int)> handler;
        EventHandle event;
        void take();
    };
    std::unique_ptr<Signals> take_signals(std::initializer_list<int> numbers,
                                          std::function<void(int)> handler);
    void run_posted();

    std::unique_ptr<event_base, BaseFree> base_;
    UniqueFd wake_fd_;
    EventHandle wake_event_;
    std::unique_ptr<Signals> stop_signals_;
    std::unique_ptr<Signals> hangups_;
    std::mutex mutex_;
    std::vector<std::function<void()>> posted_;  // guarded by mutex_
};

// One-shot. Arming an armed timer moves it. Destroying it cancels. The loop must outlive it.
class Timer {
public:
    Timer(Loop& loop, std::function<void()> fired);
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    void arm(base::Millis wait);  // from now; zero or less fires in the loop's next turn
    void cancel();

private:
    void set(std::int64_t milliseconds);

    std::function<void()> fired_;
    UniqueFd fd_;
    EventHandle event_;
};

}  // namespace hearsay::net
