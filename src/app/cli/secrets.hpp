// app/cli/secrets.hpp - secrets that the user types or pipes in. On a terminal they are not shown;
// none is ever an argument unless the user makes it one, because other users of the machine see
// arguments.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "app/cli/run.hpp"

namespace hearsay::app::cli {

struct SecretProblem {
    Exit code = exit_usage;
    std::string text;
};

// From /dev/tty, without echo. For Terminal::ask_secret.
std::optional<std::string> ask_on_terminal(const std::string& prompt);

// The first line of `file`; of standard input if there is no file; asked for if that is a terminal.
std::expected<std::string, SecretProblem> read_secret(const std::string& prompt,
                                                      const std::string& file, Terminal& terminal);
// Twelve words, which may stand on several lines of standard input.
std::expected<std::string, SecretProblem> read_words(Terminal& terminal);
// Of a backup; a new one is asked for twice.
std::expected<std::string, SecretProblem> read_passphrase(const BackupCommand& command,
                                                          Terminal& terminal);
// As seen from here: the node has another working directory.
std::string absolute_path(const std::string& file);

}  // namespace hearsay::app::cli
