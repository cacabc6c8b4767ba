// app/cli/main.cpp - the program `hearsay`: gives the real terminal and environment to run().
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <unistd.h>

#include "app/cli/open_page.hpp"
#include "app/cli/run.hpp"
#include "app/cli/secrets.hpp"
#include "app/secrecy.hpp"
#include "app/standard_files.hpp"
#include "app/terminal_size.hpp"

namespace {

volatile std::sig_atomic_t interrupted = 0;

void on_interrupt(int) {
    interrupted = 1;
}

std::optional<std::string> variable(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

void measure(hearsay::app::cli::Terminal& terminal) {
    if (const auto out = hearsay::app::terminal_size(STDOUT_FILENO)) {
        terminal.width = out->columns;
        if (out->rows > 0) terminal.height = out->rows;
    }
    if (const auto columns = hearsay::app::terminal_columns(STDERR_FILENO))
        terminal.err_width = *columns;
}

void on_resize(int) {}  // it only ends a wait

}  // namespace

int main(int argc, char** argv) {
    hearsay::app::keep_standard_files();
    hearsay::app::forbid_dumps();
    // The first Ctrl-C ends a watch calmly, a second one ends the program in any case.
    struct sigaction action{};
    action.sa_handler = on_interrupt;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    const std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
    struct sigaction resize{};
    resize.sa_handler = on_resize;
    for (const std::string& word : words) {
        if (word != "status") continue;
        for (const int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
        sigaction(SIGWINCH, &resize, nullptr);
    }

    const bool out_is_tty = isatty(STDOUT_FILENO) == 1;
    const bool no_colour =
        !variable("NO_COLOR").value_or("").empty() || variable("TERM").value_or("dumb") == "dumb";
    hearsay::app::cli::Terminal terminal{
        std::cin,
        std::cout,
        std::cerr,
        isatty(STDIN_FILENO) == 1,
        out_is_tty,
        out_is_tty && !no_colour,
        hearsay::app::width_usual,
        40,
        [] {
            const auto now = std::chrono::system_clock::now().time_since_epoch();
            return hearsay::base::from_unix_seconds(
                std::chrono::duration_cast<std::chrono::seconds>(now).count());
        },
        [] { return interrupted != 0; },
        hearsay::app::cli::ask_on_terminal,
        hearsay::app::cli::show_on_desktop,
        measure,
    };
    measure(terminal);
    return hearsay::app::cli::run(words, hearsay::app::process_environment(), terminal);
}
