// app/cli/run_program.hpp - a program of the user's, run once for one thing.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace hearsay::app::cli {

// Runs the file, without arguments and without a shell, with `input` on its standard input, and
// waits until it ends. One that takes longer is killed, with what it has started in its group.
// Nothing: it ended with 0. Else what happened, for a person.
std::optional<std::string> run_program(const std::string& file, std::string_view input,
                                       std::chrono::seconds most);

}  // namespace hearsay::app::cli
