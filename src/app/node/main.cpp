// hearsayd: the node. Also what Tor's child process is made of (tor/child.hpp).
#include <csignal>
#include <iostream>

#include <google/protobuf/stubs/logging.h>

#include "app/node/check.hpp"
#include "app/node/daemon.hpp"
#include "app/node/log.hpp"
#include "app/node/options.hpp"
#include "app/secrecy.hpp"
#include "tor/child.hpp"

int main(int argc, char** argv) {
    using namespace hearsay;
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
        std::cout << app::version_text();
        return 0;
    }
    if (options->asked == app::Asked::check) {
        const auto sound = app::check_home(*options, std::cout);
        if (!sound) std::cerr << "hearsayd: " << sound.error().text << "\n";
        return !sound ? 1 : *sound ? 0 : 3;
    }
    std::signal(SIGXFSZ, SIG_IGN);             // a limit on file sizes is a full disk, not the end
    google::protobuf::SetLogHandler(nullptr);  // what peers send is judged by us, not printed
    const auto log = app::make_log(options->log_level);
    const auto ended = app::run_daemon(*options, *log);
    if (!ended) {
        std::cerr << "hearsayd: " << ended.error().text << "\n";
        return 1;
    }
    return 0;
}
