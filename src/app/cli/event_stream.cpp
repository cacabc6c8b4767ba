#include "app/cli/event_stream.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <poll.h>
#include <sys/socket.h>

namespace hearsay::app::cli {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

void EventStream::close() {
    fd_.reset();
    in_head_ = true;
    read_.clear();
}

// The answer's head ends with an empty line. A refusal has another status, and no events.
bool EventStream::take_head() {
    const std::size_t end = read_.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    if (!read_.starts_with("HTTP/1.1 200")) {
        close();
        return false;
    }
    read_.erase(0, end + 4);
    in_head_ = false;
    return true;
}

std::optional<std::string> EventStream::take_line() {
    if (in_head_ && !take_head()) return std::nullopt;
    const std::size_t end = read_.find('\n');
    if (end == std::string::npos) return std::nullopt;
    std::string line = read_.substr(0, end);
    read_.erase(0, end + 1);
    return line;
}

std::optional<std::string> EventStream::next(milliseconds most) {
    const Clock::time_point deadline = Clock::now() + most;
    for (;;) {  // ends with a line, or by the deadline
        if (auto line = take_line()) return line;
        const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
        if (left <= milliseconds(0)) return std::nullopt;
        if (!fd_.valid()) {
            fd_ = client_.open_events("?kinds=" + kinds_ +
                                      (after_ ? "&after=" + std::to_string(*after_) : ""));
            if (!fd_.valid())
                poll(nullptr, 0, static_cast<int>(std::min(left, milliseconds(1000)).count()));
            continue;
        }
        pollfd entry{fd_.get(), POLLIN, 0};
        const int ready = poll(&entry, 1, static_cast<int>(left.count()));
        if (ready < 0) return std::nullopt;  // a signal: the caller looks whether to go on
        if (ready == 0) continue;
        std::array<char, 16 * 1024> buffer;
        const ssize_t got = recv(fd_.get(), buffer.data(), buffer.size(), 0);
        if (got > 0) read_.append(buffer.data(), static_cast<std::size_t>(got));
        const bool over = got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR);
        if (over || read_.size() > line_bytes_max) close();
        if (over) poll(nullptr, 0, 100);  // a node that ends, or turns us away
    }
}

}  // namespace hearsay::app::cli
