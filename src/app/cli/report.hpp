// app/cli/report.hpp - sentences for a person: what went on, what went wrong and with which code.
#pragma once

#include <string_view>

#include "app/cli/client.hpp"
#include "app/cli/run.hpp"

namespace hearsay::app::cli {

// To standard error behind "hearsay: "; made safe.
void note(Terminal& terminal, std::string_view text);
// To standard output.
void say(Terminal& terminal, std::string_view text);
// Prints the error (see app/cli/run.hpp) and returns `code`.
int report(Terminal& terminal, bool json, Exit code, std::string_view name, std::string_view text);
int report(Terminal& terminal, bool json, const ClientError& error);
// An answer of 400 or more.
int report(Terminal& terminal, bool json, const Answer& answer);
// The output takes nothing more: says why, which errno tells. Returns exit_failed.
int report_unwritable(Terminal& terminal);
// The node said something that this command does not understand.
int report_nonsense(Terminal& terminal, bool json);

}  // namespace hearsay::app::cli
