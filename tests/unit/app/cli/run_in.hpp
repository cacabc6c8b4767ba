// tests/unit/app/cli/run_in.hpp - the command, run in a test's own terminal and time.
#pragma once

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

#include "app/cli/run.hpp"

namespace hearsay::app::cli {

inline constexpr base::WallTime now_here = base::from_unix_seconds(1'800'000'000);

struct Outcome {
    int code = -1;
    std::string out, err;
};

struct Input {
    std::string text;
    bool tty = false;
};

// Runs the command with a data directory; `terminal_out` makes the output a terminal.
inline Outcome run_in(const std::filesystem::path& dir, std::vector<std::string> words,
                      const Input& input = {}, bool terminal_out = false, int looks = 1000) {
    std::istringstream in(input.text);
    std::ostringstream out, err;
    Terminal terminal{in,
                      out,
                      err,
                      input.tty,
                      terminal_out,
                      terminal_out,
                      100,
                      40,
                      [] { return now_here; },
                      [&looks] { return --looks < 0; }};
    words.insert(words.end(), {"--data-dir", dir.string()});
    const int code = run(words, {}, terminal);
    return {code, out.str(), err.str()};
}

}  // namespace hearsay::app::cli
