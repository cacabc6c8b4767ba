// app/terminal_size.hpp - how large a terminal is now.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <sys/ioctl.h>

#include "app/layout.hpp"

namespace hearsay::app {

struct TerminalSize {
    std::size_t columns = width_usual;  // width_min at least: less is not laid out for
    std::size_t rows = 0;               // 0: it does not know
};

// Nothing: no terminal is open there.
inline std::optional<TerminalSize> terminal_size(int fd) {
    winsize told{};
    if (ioctl(fd, TIOCGWINSZ, &told) != 0) return std::nullopt;
    TerminalSize out{width_usual, told.ws_row};
    if (told.ws_col > 0) out.columns = std::max<std::size_t>(told.ws_col, width_min);
    return out;
}

inline std::optional<std::size_t> terminal_columns(int fd) {
    const auto size = terminal_size(fd);
    return size ? std::optional(size->columns) : std::nullopt;
}

}  // namespace hearsay::app
