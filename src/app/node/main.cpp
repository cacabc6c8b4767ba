// hearsayd: the node. Also what its own children are made of: Tor and the helper
// (app/node/confinement.hpp).
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <iostream>
#include <string_view>
#include <unistd.h>

#include <google/protobuf/stubs/logging.h>

#include "app/layout.hpp"
#include "app/node/check.hpp"
#include "app/node/confinement.hpp"
#include "app/node/daemon.hpp"
#include "app/node/log.hpp"
#include "app/node/options.hpp"
#include "app/node/resources.hpp"
#include "app/node/versions.hpp"
#include "app/secrecy.hpp"
#include "app/signals.hpp"
#include "app/standard_files.hpp"
#include "app/terminal_size.hpp"
#include "base/guard.hpp"

namespace {

hearsay::base::Log* log_of_last_words = nullptr;

// To standard error is where the log goes: once is enough.
bool say_last_words(const char* line) {
    log_of_last_words->write(hearsay::base::LogLevel::error, "node", line);
    return true;
}

// Whoever asks for one of these is told something and starts no node: a signal ends that as it ends
// any program.
bool is_question(int argc, char** argv) {
    constexpr std::array<std::string_view, 5> words{"--help", "-h", "--version", "--check",
                                                    "--print-settings"};
    return std::any_of(argv, argv + argc, [&](const char* word) {
        return std::ranges::find(words, word) != words.end();
    });
}

// On a terminal laid out for it; elsewhere an error is one line, for it is searched there.
int fail(int status, const hearsay::base::Error& error) {
    using namespace hearsay::app;
    std::cerr << sentence("hearsayd: " + error.text,
                          terminal_columns(STDERR_FILENO).value_or(unbroken));
    return status;
}

int finish_output(int status) {
    std::cout << std::flush;
    if (std::cout) return status;
    return fail(1, {hearsay::base::ErrorCode::io,
                    std::string("cannot write the output: ") + std::strerror(errno)});
}

int answer(const hearsay::app::Options& options) {
    using namespace hearsay::app;
    const auto terminal = terminal_columns(STDOUT_FILENO);
    // What is searched by programs, too, is broken for a terminal only.
    const std::size_t width = terminal.value_or(unbroken);
    switch (options.asked) {
        case Asked::help:
            std::cout << help_text(terminal.value_or(width_usual));
            break;
        case Asked::version:
            std::cout << version_text(options.data_dir, width);
            break;
        case Asked::print_settings:
            std::cout << options.settings;
            break;
        case Asked::check: {
            const auto sound = check_home(options, std::cout, width);
            if (!sound) return fail(1, sound.error());
            return finish_output(*sound ? 0 : 3);
        }
        case Asked::run:
            break;
    }
    return finish_output(0);
}

}  // namespace

int main(int argc, char** argv) {
    using namespace hearsay;
    app::keep_standard_files();
    if (!app::is_own_child(argc, argv) && !is_question(argc, argv)) app::signals::end_at_once();
    base::end_on_unhandled_exceptions();
    app::forbid_dumps();
    if (app::is_own_child(argc, argv)) return app::run_own_child(argc, argv);
    app::wipe_buffers();
    const auto options =
        app::read_options(argc, argv, app::terminal_columns(STDOUT_FILENO).value_or(app::unbroken));
    if (!options) return fail(2, options.error());
    if (options->asked != app::Asked::run) return answer(*options);
    std::signal(SIGXFSZ, SIG_IGN);             // a limit on file sizes is a full disk, not the end
    google::protobuf::SetLogHandler(nullptr);  // what peers send is judged by us, not printed
    app::settle_resources();
    const auto made = app::make_log({options->log_level, options->log_file, options->log_json});
    if (!made) return fail(1, made.error());
    const auto& log = *made;
    log_of_last_words = log.get();
    base::set_last_words(say_last_words);
    const auto ended = app::run_daemon(*options, *log);
    base::set_last_words(nullptr);
    return ended ? 0 : fail(1, ended.error());
}
