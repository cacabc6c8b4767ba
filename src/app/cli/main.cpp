// app/cli/main.cpp - the program `hearsay`: gives the real terminal and environment to run().
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <sys/ioctl.h>
#include <unistd.h>

#include "app/cli/open_page.hpp"
#include "app/cli/run.hpp"
#include "app/cli/secrets.hpp"
#include "app/secrecy.hpp"

namespace {

volatile std::sig_atomic_t interrupted = 0;

void on_interrupt(int) {
    interrupted = 1;
}

std::optional<std::string> variable(const char* name) {
    const char* const value = std::getenv(name);
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::optional<winsize> size_of(int fd) {
    winsize size{};
    if (ioctl(fd, TIOCGWINSZ, &size) != 0) return std::nullopt;
    return size;
}

std::size_t columns_of(const winsize& size, std::size_t otherwise) {
    using hearsay::app::cli::width_min;
    return size.ws_col == 0 ? otherwise : std::max<std::size_t>(size.ws_col, width_min);
}

void measure(hearsay::app::cli::Terminal& terminal) {
    if (const auto out = size_of(STDOUT_FILENO)) {
        terminal.width = columns_of(*out, terminal.width);
        if (out->ws_row > 0) terminal.height = out->ws_row;
    }
    if (const auto err = size_of(STDERR_FILENO))
        terminal.err_width = columns_of(*err, hearsay::app::cli::width_usual);
}

void on_resize(int) {}  // it only ends a wait

}  // namespace

int main(int argc, char** argv) {
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
        hearsay::app::cli::width_usual,
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
