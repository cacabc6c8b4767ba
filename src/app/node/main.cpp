// hearsayd: the node. Also what Tor's child process is made of (tor/child.hpp).
#include <csignal>
#include <iostream>

#include <google/protobuf/stubs/logging.h>

#include "app/node/check.hpp"
#include "app/node/daemon.hpp"
#include "app/node/log.hpp"
#include "app/node/options.hpp"
#include "app/node/resources.hpp"
#include "app/node/versions.hpp"
#include "app/secrecy.hpp"
#include "base/guard.hpp"
#include "tor/child.hpp"

namespace {

hearsay::base::Log* log_of_last_words = nullptr;

// To standard error is where the log goes: once is enough.
bool say_last_words(const char* line) {
    log_of_last_words->write(hearsay::base::LogLevel::error, "node", line);
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    using namespace hearsay;
    base::end_on_unhandled_exceptions();
    app::forbid_dumps();
    if (tor::is_tor_child(argc, argv)) return tor::run_tor_child(argc, argv);
    app::wipe_buffers();
    const auto options = app::read_options(argc, argv);
    if (!options) {
        std::cerr << "hearsayd: " << options.error().text << "\n";
        return 2;
    }
    if (options->asked == app::Asked::help) {
        std::cout << app::help_text();
        return 0;
    }
    if (options->asked == app::Asked::version) {
        std::cout << app::version_text(options->data_dir);
        return 0;
    }
    if (options->asked == app::Asked::print_settings) {
        std::cout << options->settings;
        return 0;
    }
    if (options->asked == app::Asked::check) {
        const auto sound = app::check_home(*options, std::cout);
        if (!sound) std::cerr << "hearsayd: " << sound.error().text << "\n";
        return !sound ? 1 : *sound ? 0 : 3;
    }
    std::signal(SIGXFSZ, SIG_IGN);             // a limit on file sizes is a full disk, not the end
    google::protobuf::SetLogHandler(nullptr);  // what peers send is judged by us, not printed
    app::settle_resources();
    const auto made = app::make_log({options->log_level, options->log_file, options->log_json});
    if (!made) {
        std::cerr << "hearsayd: " << made.error().text << "\n";
        return 1;
    }
    const auto& log = *made;
    log_of_last_words = log.get();
    base::set_last_words(say_last_words);
    const auto ended = app::run_daemon(*options, *log);
    base::set_last_words(nullptr);
    if (!ended) {
        std::cerr << "hearsayd: " << ended.error().text << "\n";
        return 1;
    }
    return 0;
}
