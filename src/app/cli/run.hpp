// app/cli/run.hpp - carries out one invocation and returns the exit code (app/cli/invocation.hpp).
//
// Results go to `out`, and only results: with --json each is the node's own JSON on one line.
// Errors go to `err` as one sentence for a person; with --json also to `out`, as {"error": {...}}.
// What people read is laid out for `width` and `err_width` (app/layout.hpp). Where `err` is no
// terminal an error stays one line, for it is searched there, and counted.
#pragma once

#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/invocation.hpp"
#include "app/layout.hpp"
#include "base/time.hpp"

namespace hearsay::app::cli {

struct Terminal {
    std::istream& in;
    std::ostream& out;
    std::ostream& err;
    bool in_is_tty = false;
    bool out_is_tty = false;
    bool colour = false;
    std::size_t width = width_usual;  // columns of `out`
    std::size_t height = 40;          // rows
    std::function<base::WallTime()> now;
    std::function<bool()> interrupted;  // Ctrl-C was pressed
    // Asks on the terminal, without showing what is typed; nothing at its end. Only if in_is_tty.
    std::function<std::optional<std::string>(const std::string& prompt)> ask_secret{};
    // Shows a file to the person, in the program that the desktop has for it; false if there is
    // none.
    std::function<bool(const std::string& path)> show_file{};
    // Looks anew how large the terminal is, and changes the widths and the height.
    std::function<void(Terminal&)> measure{};
    std::size_t err_width = unbroken;
};

int run(const std::vector<std::string>& words, const Environment& environment, Terminal& terminal);

}  // namespace hearsay::app::cli
