// tor/supervisor.hpp - keeps one Tor running for the node, and tells how it is doing.
//
// Rules, in order of a run:
//   1. start() makes the directories (0700), writes the onion key's files and the torrc, and starts
//      the child. What fails here is a status (failed), not an error: the node serves its store.
//   2. The child's log lines go to on_log, its events into Status. It counts as running once its
//      control socket answers.
//   3. When it ends, for whatever reason, it is started again: after 1 s, then 2, 4, ... up to
//      5 minutes; a run of a minute or more starts over at 1 s. When it refused its configuration,
//      which no quick retry will heal, after 5 minutes.
//   4. While it runs it is asked every alive_every whether it lives. Status says so (answers) when
//      alive_late passes, and after alive_max rule 5 holds.
//   5. A control conversation that breaks while the process lives, or a command that goes without
//      an answer while Tor says nothing else either - no event, no line of its log - for
//      answer_max, costs the process its life (and then rule 3): a Tor that nobody can ask is not
//      worth keeping. Nothing else ends it: however long it takes to start or to bootstrap, it may.
//   6. stop() closes the owning socket, at which Tor ends by itself; after stop_max it is killed.
//      The status says stopped when it is gone. The destructor does not wait: it kills.
//
// Single-threaded: everything happens on `loop`, and that thread must live as long as Tor shall.
// Callbacks may call anything but the destructor. Nothing but the child ever talks to the network.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/log.hpp"
#include "tor/extra_lines.hpp"
#include "tor/onion_key.hpp"
#include "tor/process.hpp"
#include "tor/status.hpp"

struct event_base;

namespace hearsay::tor {

struct SupervisorSettings {
    std::string data_directory;  // absolute, exists; of any length
    std::optional<OnionKey> onion;
    bool network_enabled = true;
    std::vector<std::string> bridges;  // see TorrcSettings
    std::vector<std::string> transports;
    std::vector<ConfigLine> extra;

    std::string executable = "/proc/self/exe";  // its main() must hand "tor-child" to run_tor_child
    Spawner spawner{};                          // starts it; without one the supervisor does
    BackoffLimits backoff;
    std::chrono::milliseconds stop_max{5'000};
    std::chrono::milliseconds answer_max{60'000};
    // Of one that runs: how often it is asked for a sign of life, after how long without one it is
    // said, and after how long it is replaced.
    std::chrono::milliseconds alive_every{10'000};
    std::chrono::milliseconds alive_late{5'000};
    std::chrono::milliseconds alive_max{30'000};
    std::chrono::milliseconds forget_pause{10'000};  // Tor itself takes a NEWNYM every 10 s
};

struct SupervisorCallbacks {
    std::function<void(const Status&)> on_status;                  // after each change
    std::function<void(base::LogLevel, std::string_view)> on_log;  // one line, no line end
};

class Supervisor {
public:
    // Opens the data directory. Errors: io, invalid (path not absolute, control characters in it).
    static base::Result<std::unique_ptr<Supervisor>> create(event_base* loop,
                                                            SupervisorSettings settings,
                                                            SupervisorCallbacks callbacks);
    virtual ~Supervisor() = default;

    virtual void start() = 0;  // nothing if it has been called since the last stop()
    virtual void stop() = 0;   // nothing if stopped
    virtual const Status& status() const = 0;
    virtual pid_t child_pid() const = 0;  // 0 when there is none

    // Where this process finds Tor's SOCKS socket, and where it must listen for the onion service's
    // streams. Below 108 bytes whatever the data directory: they go through a descriptor of the
    // supervisor's, so they hold in this process only and as long as the supervisor lives. The
    // directory of onion_path() exists from create() on.
    virtual std::string socks_path() const = 0;
    virtual std::string onion_path() const = 0;

    // Makes Tor forget which descriptor look-ups failed (it remembers them for 15 minutes) and use
    // fresh circuits for what is dialled next. At most once in forget_pause;
    // says whether it was sent.
    virtual bool forget_failures() = 0;
};

}  // namespace hearsay::tor
