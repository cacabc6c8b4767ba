// tor/status.hpp - what the user can be told about Tor, gathered from its log and events.
//
// What the codes mean for a person, hindrance.hpp says.
// Process, bootstrap, version and descriptor are separate: each has its own progress, each starts
// anew on its own, and none is fatal.
//   process     is there a Tor, and if not, why and when is the next try
//   bootstrap   how far Tor is on its way into the network (0 to 100, with Tor's own words)
//   version     what Tor's directory says of the version that runs. Tor asks nobody for it: it
//               stands in the consensus, which all clients fetch.
//   descriptor  how many directories took our onion service's descriptor in the current round.
//               Tor uploads anew every hour or two; a round begins with an upload while none is
//               outstanding, or when the last one was long ago (an answer can get lost).
//               `published` stays once one directory had it: from then on others can find us.
// No I/O, no clock: time is an argument.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.hpp"
#include "base/time.hpp"

namespace hearsay::tor {

enum class ProcessState {
    stopped,   // nobody asked for Tor, or stop() has ended it
    starting,  // the process runs, its control socket does not answer yet
    running,   // it answers
    waiting,   // it ended; the next try is in retry_in
    failed,  // Tor refused its configuration or cannot be started; tried again in retry_in, rarely
    stopping,  // stop() was called, the process is still there
};
std::string_view name(ProcessState state);

struct BootstrapStatus {
    int percent = 0;
    std::string tag;              // "conn_or", "done", ... (control-spec, bootstrap phases)
    std::string summary;          // Tor's sentence
    std::string warning;          // what hinders it at present; empty when nothing does
    std::string reason{};         // the code of the last connection that failed since the last step
                                  // (control-spec, "OR Connection status changed"); empty: none did
    int failures = 0;             // how many of them
    std::int64_t clock_skew = 0;  // seconds that our clock is ahead, by what relays say
    bool operator==(const BootstrapStatus&) const = default;
};

enum class Standing {
    unknown,   // no consensus yet, or it names no versions
    current,   // recommended
    newer,     // than all that are recommended
    outdated,  // older than those, or one that is recommended no more
    unlisted,  // between them, and none of them
};
std::string_view name(Standing standing);  // "current", ...; unknown: empty

struct VersionStatus {
    Standing standing = Standing::unknown;
    std::vector<std::string> recommended;  // as the consensus lists them, oldest first; bounded
    bool operator==(const VersionStatus&) const = default;
};
// Of the answers to GETINFO status/version/current and status/version/recommended.
Standing standing_of(std::string_view answer);
std::vector<std::string> recommended_versions(std::string_view answer);

struct DescriptorStatus {
    int requested = 0;  // uploads begun in this round
    int done = 0;
    int failed = 0;
    bool published = false;
    bool operator==(const DescriptorStatus&) const = default;
};

struct Status {
    ProcessState process = ProcessState::stopped;
    std::string reason;                // why waiting or failed, in Tor's words where it has some
    std::chrono::seconds retry_in{0};  // at the moment of the change to waiting or failed
    int starts = 0;                    // how often Tor was started, the first time included
    BootstrapStatus bootstrap;
    VersionStatus version;
    DescriptorStatus descriptor;
    bool answers = true;  // of one that runs: it does not answer a question that is open
    bool operator==(const Status&) const = default;
};

// Follows one run of Tor. `onion_address` without ".onion", empty when there is no service.
class EventTracker {
public:
    explicit EventTracker(std::string onion_address) : onion_(std::move(onion_address)) {}

    // The text of an event's line, for instance "STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=50 ...".
    // True if the status changed.
    bool on_event(std::string_view line, base::MonoTime now, Status& status);
    // The answer to GETINFO status/bootstrap-phase: "status/bootstrap-phase=NOTICE BOOTSTRAP ...".
    bool on_bootstrap_phase(std::string_view line, Status& status);

private:
    bool on_bootstrap(std::string_view line, Status& status);
    bool on_connection(std::string_view line, Status& status);
    bool on_clock_skew(std::string_view line, Status& status);
    bool on_descriptor(std::string_view line, base::MonoTime now, Status& status);

    std::string onion_;
    base::MonoTime last_upload_{};
};

// One line of Tor's log: "Nov 21 10:20:11.123 [notice] text". Lines in another form (a crash
// report, a message of the child itself) are warnings as they stand.
struct LogLine {
    base::LogLevel level = base::LogLevel::info;
    std::string text;
};
LogLine parse_log_line(std::string_view line);

// Remembers what Tor complained about, to say why it ended.
class LastWords {
public:
    void on_log(const LogLine& line);
    bool configuration_refused() const { return refused_; }
    std::string reason() const;  // empty if it said nothing

private:
    static constexpr std::size_t kept_max = 3;
    std::deque<std::string> complaints_;
    bool refused_ = false;
};

// Pauses between tries: 1 s, doubling to 5 minutes. A run that lasted `well` starts over at 1 s.
struct BackoffLimits {
    std::chrono::milliseconds first{1000};
    std::chrono::milliseconds longest{300'000};
    std::chrono::milliseconds well{60'000};
};
class Backoff {
public:
    explicit Backoff(BackoffLimits limits = {}) : limits_(limits), next_(limits.first) {}
    std::chrono::milliseconds after_run_of(std::chrono::milliseconds ran);
    std::chrono::milliseconds longest() const { return limits_.longest; }

private:
    BackoffLimits limits_;
    std::chrono::milliseconds next_;
};

}  // namespace hearsay::tor
