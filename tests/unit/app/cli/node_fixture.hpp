// tests/unit/app/cli/node_fixture.hpp - the command against a real server with a fake node behind
// it.
#pragma once

#include <atomic>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include <event2/event.h>

#include "../../api/fixture.hpp"
#include "run_in.hpp"

namespace hearsay::app::cli {

// A server in a thread of its own, for as long as the object lives.
struct NodeFixture {
    api::TempDir temp;
    api::FakeBackend backend;  // change it only between requests
    std::atomic<bool> stop{false}, ready{false};
    std::atomic<bool> publish{false};  // an event, once
    std::thread thread;

    NodeFixture() {
        std::filesystem::create_directory(temp.path() / "run");
        thread = std::thread([this] { serve(); });
        while (!ready) std::this_thread::yield();
    }
    ~NodeFixture() {
        stop = true;
        thread.join();
    }
    void serve() {
        std::signal(SIGPIPE, SIG_IGN);
        const base::UniqueFd dir = api::open_dir(temp.path() / "run");
        api::SilentLog log;
        event_base* const base = event_base_new();
        {
            auto server = api::Interface::open(base, dir.get(), backend, log);
            ready = true;
            const timeval tick{0, 1000};
            event* const wake =
                event_new(base, -1, EV_PERSIST, [](evutil_socket_t, short, void*) {}, nullptr);
            event_add(wake, &tick);
            while (!stop && server) {
                event_base_loop(base, EVLOOP_ONCE);
                if (publish.exchange(false)) server.value()->publish(api::Event());
            }
            event_free(wake);
        }
        event_base_free(base);
    }
    Outcome hearsay(std::vector<std::string> words, const Input& input = {},
                    bool terminal_out = false, int looks = 1000) {
        return run_in(temp.path(), std::move(words), input, terminal_out, looks);
    }
};

// The one question that the node was asked last.
inline std::string last_call(const NodeFixture& node) {
    return node.backend.calls.empty() ? "" : node.backend.calls.back();
}

}  // namespace hearsay::app::cli
