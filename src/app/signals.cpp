#include "app/signals.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/ensure.hpp"
#include "base/unique_fd.hpp"

namespace hearsay::app::signals {
namespace {

constexpr std::array stops{SIGINT, SIGTERM};

sigset_t set_of_stops() {
    sigset_t out;
    sigemptyset(&out);
    for (const int signal : stops) sigaddset(&out, signal);
    return out;
}

void block(sigset_t* before) {
    sigset_t held = set_of_stops();
    sigaddset(&held, SIGHUP);
    ENSURE(pthread_sigmask(SIG_BLOCK, &held, before) == 0, "signals could not be held");
}

void end_now(int) {
    _exit(0);
}

}  // namespace

void end_at_once() {
    struct sigaction action{};
    action.sa_handler = end_now;
    for (const int signal : stops)
        ENSURE(sigaction(signal, &action, nullptr) == 0, "signals could not be taken");
}

void hold() {
    block(nullptr);
}

Held::Held() {
    block(&before_);
}
Held::~Held() {
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

bool end_is_asked() {
    sigset_t waiting;
    if (sigpending(&waiting) != 0) return false;
    for (const int signal : stops)
        if (sigismember(&waiting, signal) == 1) return true;
    return false;
}

bool wait_for_input(int fd) {
    const sigset_t set = set_of_stops();
    const base::UniqueFd arrivals(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
    std::array<pollfd, 2> both{{{fd, POLLIN, 0}, {arrivals.get(), POLLIN, 0}}};
    // Anything else that poll() says, the reading finds, too.
    while (poll(both.data(), both.size(), -1) < 0 && errno == EINTR) continue;
    return (both[1].revents & POLLIN) == 0;
}

}  // namespace hearsay::app::signals
