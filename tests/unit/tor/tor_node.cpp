// A node that does nothing but run Tor, for supervisor_test.cpp: as little of hearsayd as can be
// killed. Prints one line per status, "state pid percent", and ends only by force.
#include <cstdio>
#include <memory>
#include <string>

#include <event2/event.h>

#include "tor/child.hpp"
#include "tor/supervisor.hpp"

int main(int argc, char** argv) {
    using namespace hearsay::tor;
    if (is_tor_child(argc, argv)) return run_tor_child(argc, argv);
    if (argc != 2) return 2;

    event_base* loop = event_base_new();
    SupervisorSettings settings;
    settings.data_directory = argv[1];
    settings.network_enabled = false;
    Supervisor* running = nullptr;
    auto supervisor =
        Supervisor::create(loop, settings,
                           {[&](const Status& status) {
                                std::printf("%s %d %d\n", std::string(name(status.process)).c_str(),
                                            running->child_pid(), status.bootstrap.percent);
                                std::fflush(stdout);
                            },
                            {}});
    if (!supervisor) {
        std::fprintf(stderr, "%s\n", supervisor.error().text.c_str());
        return 1;
    }
    running = supervisor->get();
    running->start();
    event_base_dispatch(loop);
    return 0;
}
