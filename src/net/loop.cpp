#include "net/loop.hpp"

#include <csignal>
#include <ctime>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <utility>

#include <event2/event.h>

#include "base/ensure.hpp"
#include "base/guard.hpp"

namespace hearsay::net {
namespace {
constexpr int last_turns = 4;  // one for the callback, one to free, and as many to be sure
}  // namespace

base::Now now() {
    timespec mono{};
    timespec wall{};
    ENSURE(clock_gettime(CLOCK_BOOTTIME, &mono) == 0, "every Linux since 2.6.39 has this clock");
    ENSURE(clock_gettime(CLOCK_REALTIME, &wall) == 0, "every Linux has this clock");
    return {base::MonoTime(base::Millis(mono.tv_sec * 1000 + mono.tv_nsec / 1'000'000)),
            base::from_unix_seconds(wall.tv_sec)};
}

void EventFree::operator()(event* handle) const {
    event_free(handle);
}
void Loop::BaseFree::operator()(event_base* handle) const {
    event_base_free(handle);
}

// Without descriptors or memory for its loop there is no node to speak of: the constructors abort.
Loop::Loop() : base_(event_base_new()), wake_fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    ENSURE(base_, "no event loop could be made");
    ENSURE(wake_fd_.valid(), "no eventfd could be made");
    std::signal(SIGPIPE, SIG_IGN);
    wake_event_.reset(event_new(
        base_.get(), wake_fd_.get(), EV_READ | EV_PERSIST,
        [](evutil_socket_t, short, void* self) {
            base::guarded("the loop", [&] { static_cast<Loop*>(self)->run_posted(); });
        },
        this));
    ENSURE(wake_event_ && event_add(wake_event_.get(), nullptr) == 0,
           "the wake-up could not be added");
}

Loop::~Loop() {
    stop_signals_.reset();
    hangups_.reset();
    wake_event_.reset();
    // Everything that uses the loop is gone, but libevent frees a bufferevent whose callback was
    // due only in the turns after: without them it, its socket and what it had queued would leak.
    for (int turn = 0; turn < last_turns; ++turn) event_base_loop(base_.get(), EVLOOP_NONBLOCK);
}

void Loop::run() {
    ENSURE(event_base_loop(base_.get(), EVLOOP_NO_EXIT_ON_EMPTY) >= 0, "the event loop failed");
}

void Loop::stop() {
    post([this] { event_base_loopbreak(base_.get()); });
}

void Loop::post(std::function<void()> work) {
    bool first = false;
    {
        const std::lock_guard lock(mutex_);
        ENSURE(posted_.size() < posts_max, "somebody posts without a limit");
        first = posted_.empty();
        posted_.push_back(std::move(work));
    }
    if (!first) return;
    const std::uint64_t one = 1;
    // Can only fail when the counter is full, and then a wake-up is under way.
    [[maybe_unused]] const ssize_t written = ::write(wake_fd_.get(), &one, sizeof one);
}

void Loop::run_posted() {
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t got = ::read(wake_fd_.get(), &count, sizeof count);
    std::vector<std::function<void()>> work;
    {
        const std::lock_guard lock(mutex_);
        work.swap(posted_);  // what these post waits for the next turn, so sockets get theirs
    }
    for (const std::function<void()>& each : work) each();
}

void Loop::Signals::take() {
    signalfd_siginfo told{};
    while (::read(fd.get(), &told, sizeof told) == sizeof told)
        handler(static_cast<int>(told.ssi_signo));
}

// Held, so that they come by the descriptor, and a second one in the last moments ends nobody.
std::unique_ptr<Loop::Signals> Loop::take_signals(std::initializer_list<int> numbers,
                                                  std::function<void(int)> handler) {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : numbers) sigaddset(&set, number);
    ENSURE(pthread_sigmask(SIG_BLOCK, &set, nullptr) == 0, "signals could not be held");
    // What is ignored, as nohup has it, never waits.
    for (const int number : numbers) std::signal(number, SIG_DFL);
    auto out = std::make_unique<Signals>();
    out->fd = UniqueFd(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
    ENSURE(out->fd.valid(), "no signalfd could be made");
    out->handler = std::move(handler);
    out->event.reset(event_new(
        base_.get(), out->fd.get(), EV_READ | EV_PERSIST,
        [](evutil_socket_t, short, void* self) {
            base::guarded("a signal", [&] { static_cast<Signals*>(self)->take(); });
        },
        out.get()));
    ENSURE(out->event && event_add(out->event.get(), nullptr) == 0,
           "a signal handler could not be added");
    return out;
}

void Loop::on_stop_signal(std::function<void(int)> handler) {
    stop_signals_ = take_signals({SIGINT, SIGTERM}, std::move(handler));
}

void Loop::on_hangup(std::function<void()> handler) {
    hangups_ = take_signals({SIGHUP}, [handle = std::move(handler)](int) { handle(); });
}

Timer::Timer(Loop& loop, std::function<void()> fired)
    : fired_(std::move(fired)), fd_(timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC)) {
    ENSURE(fd_.valid(), "no timer could be made");
    event_.reset(event_new(
        loop.raw(), fd_.get(), EV_READ | EV_PERSIST,
        [](evutil_socket_t fd, short, void* self) {
            base::guarded("a timer", [&] {
                std::uint64_t expirations = 0;
                // Nothing to read: it was moved or cancelled between the wake-up and now.
                if (::read(fd, &expirations, sizeof expirations) != sizeof expirations) return;
                static_cast<Timer*>(self)->fired_();
            });
        },
        this));
    ENSURE(event_ && event_add(event_.get(), nullptr) == 0, "a timer could not be added");
}

void Timer::arm(base::Millis wait) {
    set(wait.count());
}
void Timer::cancel() {
    const itimerspec off{};
    ENSURE(timerfd_settime(fd_.get(), 0, &off, nullptr) == 0, "a timer refused to stop");
}

void Timer::set(std::int64_t milliseconds) {
    itimerspec spec{};
    spec.it_value.tv_sec = milliseconds > 0 ? milliseconds / 1000 : 0;
    // all zero would disarm
    spec.it_value.tv_nsec = milliseconds > 0 ? milliseconds % 1000 * 1'000'000 : 1;
    ENSURE(timerfd_settime(fd_.get(), 0, &spec, nullptr) == 0, "a timer refused its time");
}

}  // namespace hearsay::net
