// app/no_echo.hpp - what is typed at a terminal is not shown while this lives.
#pragma once

#include <termios.h>

namespace hearsay::app {

class NoEcho {
public:
    explicit NoEcho(int fd) : fd_(fd), had_(tcgetattr(fd, &before_) == 0) {
        if (!had_) return;
        termios quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        quiet.c_lflag |= ECHONL;
        tcsetattr(fd_, TCSAFLUSH, &quiet);
    }
    NoEcho(const NoEcho&) = delete;
    NoEcho& operator=(const NoEcho&) = delete;
    ~NoEcho() {
        if (had_) tcsetattr(fd_, TCSAFLUSH, &before_);
    }

private:
    int fd_;
    termios before_{};
    bool had_;
};

}  // namespace hearsay::app
