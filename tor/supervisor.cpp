#include "tor/supervisor.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/ensure.hpp"
#include "tor/child.hpp"
#include "tor/conversation.hpp"
#include "tor/event.hpp"
#include "tor/process.hpp"
#include "tor/torrc.hpp"

namespace hearsay::tor {
namespace {

using base::Result;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

base::MonoTime mono_now() {
    return base::MonoTime(
        std::chrono::duration_cast<base::Millis>(steady_clock::now().time_since_epoch()));
}

std::string through(int fd, std::string_view name) {
    return "/proc/self/fd/" + std::to_string(fd) + "/" + std::string(name);
}

std::string without_suffix(std::string address) {
    constexpr std::string_view suffix = ".onion";
    if (address.ends_with(suffix)) address.resize(address.size() - suffix.size());
    return address;
}

class SupervisorImpl final : public Supervisor {
public:
    SupervisorImpl(event_base* loop, SupervisorSettings settings, SupervisorCallbacks callbacks,
                   Fd directory)
        : loop_(loop),
          settings_(std::move(settings)),
          callbacks_(std::move(callbacks)),
          directory_(std::move(directory)),
          backoff_(settings_.backoff),
          retry_timer_(loop, [this] { launch(); }),
          kill_timer_(loop, [this] { kill_child(); }),
          alive_timer_(loop, [this] { ask_for_life(); }),
          late_timer_(loop, [this] {
              change(
                  [](Status& status) { status.answers = status.process != ProcessState::running; });
          }) {}

    void start() override {
        if (wanted_) return;
        wanted_ = true;
        // otherwise the old one is still ending; on_child_ended goes on from there
        if (!run_) launch();
    }

    void stop() override {
        if (!wanted_) return;
        wanted_ = false;
        retry_timer_.cancel();
        alive_timer_.cancel();
        late_timer_.cancel();
        if (!run_) return change([&](Status& status) { reset_to(status, ProcessState::stopped); });
        run_->conversation->close();
        run_->child.close_control();
        kill_timer_.arm(settings_.stop_max);
        change([&](Status& status) { reset_to(status, ProcessState::stopping); });
    }

    const Status& status() const override { return status_; }
    pid_t child_pid() const override { return run_ ? run_->child.pid() : 0; }
    std::string socks_path() const override { return through(directory_.get(), socks_name); }
    std::string onion_path() const override { return through(directory_.get(), onion_name); }

    bool forget_failures() override {
        if (!run_ || status_.process != ProcessState::running) return false;
        const auto now = steady_clock::now();
        if (forgot_ && now - *forgot_ < settings_.forget_pause) return false;
        forgot_ = now;
        run_->conversation->send("SIGNAL NEWNYM", [this](const ControlMessage& answer) {
            if (answer.is_success())
                log(base::LogLevel::debug, "Tor forgets which onion services it did not find");
        });
        return true;
    }

private:
    // Everything that ends with the process.
    struct Run {
        explicit Run(ChildProcess started, std::string onion)
            : child(std::move(started)), tracker(std::move(onion)) {}
        ChildProcess child;
        steady_clock::time_point since = steady_clock::now();
        EventTracker tracker;
        LastWords last_words;
        LineSplitter log_lines;
        std::unique_ptr<Event> ended;
        std::unique_ptr<Event> log;
        std::unique_ptr<Conversation> conversation;
        std::string broken;  // why we ended it
    };

    // What the directory said of the version holds also while Tor starts again.
    static void reset_to(Status& status, ProcessState state) {
        status.process = state;
        status.reason.clear();
        status.retry_in = {};
        status.bootstrap = {};
        status.descriptor = {};
        status.answers = true;
    }

    template <class Change>
    void change(Change&& apply) {
        const Status before = status_;
        apply(status_);
        if (status_ != before && callbacks_.on_status) callbacks_.on_status(Status(status_));
    }

    Result<void> prepare() {
        const std::string tor = settings_.data_directory + "/" + std::string(tor_name);
        if (auto ok = make_private_directory(tor); !ok) return ok;
        TorrcSettings torrc;
        torrc.data_directory = tor;
        torrc.socks_path = through(child_directory_fd, socks_name);
        torrc.onion_path = through(child_directory_fd, onion_name);
        torrc.control_fd = child_control_fd;
        torrc.network_enabled = settings_.network_enabled;
        torrc.bridges = settings_.bridges;
        torrc.transports = settings_.transports;
        torrc.extra = settings_.extra;
        if (settings_.onion) {
            torrc.onion_directory = settings_.data_directory + "/" + std::string(onion_key_name);
            if (auto ok = write_onion_files(torrc.onion_directory, *settings_.onion); !ok)
                return ok;
        }
        const Result<std::string> text = make_torrc(torrc);
        if (!text) return std::unexpected(text.error());
        return write_private_file(settings_.data_directory + "/" + std::string(torrc_name),
                                  base::as_bytes(*text));
    }

    void launch() {
        Result<void> prepared = prepare();
        if (!prepared) return on_launch_failed(prepared.error().text);
        Result<ChildProcess> child = ChildProcess::spawn(settings_.spawner, directory_.get());
        if (!child) return on_launch_failed(child.error().text);

        run_ = std::make_unique<Run>(
            std::move(*child),
            settings_.onion ? without_suffix(settings_.onion->address) : std::string());
        run_->ended =
            std::make_unique<Event>(loop_, run_->child.pidfd(), [this] { on_child_ended(); });
        run_->log = std::make_unique<Event>(loop_, run_->child.log_fd(), [this] { read_log(); });
        run_->conversation = std::make_unique<Conversation>(
            loop_, run_->child.control_fd(), settings_.answer_max,
            [this](const ControlMessage& event) { on_event(event); },
            [this](const std::string& why) { on_conversation_broken(why); });
        run_->conversation->send("SETEVENTS STATUS_CLIENT STATUS_GENERAL HS_DESC ORCONN",
                                 [this](const ControlMessage& reply) { on_first_answer(reply); });
        run_->conversation->send(
            "GETINFO status/bootstrap-phase",
            [this](const ControlMessage& reply) { on_bootstrap_answer(reply); });
        change([&](Status& status) {
            reset_to(status, ProcessState::starting);
            ++status.starts;
        });
    }

    void on_launch_failed(const std::string& why) {
        wait(ProcessState::failed, why, backoff_.longest());
    }

    void wait(ProcessState state, const std::string& why, milliseconds pause) {
        retry_timer_.arm(pause);
        change([&](Status& status) {
            reset_to(status, state);
            status.reason = why;
            status.retry_in = std::chrono::ceil<std::chrono::seconds>(pause);
        });
    }

    void on_first_answer(const ControlMessage& reply) {
        if (!reply.is_success()) return on_conversation_broken("Tor refused to report its events");
        change([](Status& status) { status.process = ProcessState::running; });
        run_->conversation->set_answer_max(settings_.alive_max);
        alive_timer_.arm(settings_.alive_every);
    }

    // Of a Tor that is stuck nothing comes, and without a question nothing would be missed. The
    // question is one whose answer is of use.
    void ask_for_life() {
        if (!run_ || status_.process != ProcessState::running) return;
        late_timer_.arm(settings_.alive_late);
        run_->conversation->send("GETINFO status/version/current status/version/recommended",
                                 [this](const ControlMessage& reply) {
                                     late_timer_.cancel();
                                     change([&](Status& status) {
                                         status.answers = true;
                                         if (reply.is_success()) read_version(reply, status);
                                     });
                                     alive_timer_.arm(settings_.alive_every);
                                 });
    }

    // While Tor has no consensus it knows nothing, and what was known stays.
    static void read_version(const ControlMessage& reply, Status& status) {
        const auto standing = find_answer(reply, "status/version/current");
        const auto versions = find_answer(reply, "status/version/recommended");
        if (!standing || !versions || standing_of(*standing) == Standing::unknown) return;
        status.version = {standing_of(*standing), recommended_versions(*versions)};
    }

    void on_bootstrap_answer(const ControlMessage& reply) {
        if (!reply.is_success()) return;  // the events will tell
        change([&](Status& status) {
            for (const ControlLine& line : reply.lines)
                run_->tracker.on_bootstrap_phase(line.text, status);
        });
    }

    void on_event(const ControlMessage& event) {
        change([&](Status& status) {
            for (const ControlLine& line : event.lines)
                run_->tracker.on_event(line.text, mono_now(), status);
        });
    }

    // The end of the process usually follows by itself, with a better reason in the log.
    void on_conversation_broken(const std::string& why) {
        run_->broken = why;
        run_->conversation->close();
        kill_timer_.arm(why == Conversation::closed_by_tor ? settings_.stop_max : milliseconds(0));
    }

    void kill_child() {
        if (run_) run_->child.kill();
    }

    void log(base::LogLevel level, std::string_view text) {
        if (callbacks_.on_log) callbacks_.on_log(level, text);
    }

    // A bounded number of reads a turn: a chatty Tor must not starve the loop.
    void read_log() {
        for (int turn = 0; turn < 16; ++turn) {
            char bytes[4096];
            const ssize_t got = ::read(run_->child.log_fd(), bytes, sizeof bytes);
            if (got < 0 && errno == EINTR) continue;
            if (got == 0) run_->log->cancel();
            if (got <= 0) return;
            run_->conversation->on_sign_of_life();
            for (const std::string& text :
                 run_->log_lines.feed({bytes, static_cast<std::size_t>(got)})) {
                const LogLine line = parse_log_line(text);
                run_->last_words.on_log(line);
                log(line.level, line.text);
            }
        }
    }

    std::string reason_for_end(int wait_status) const {
        const std::string how = "Tor ended (" + describe_exit(wait_status) + ")";
        if (run_->last_words.configuration_refused()) return run_->last_words.reason();
        if (!run_->broken.empty() && run_->broken != Conversation::closed_by_tor)
            return how + ": " + run_->broken;
        // Somebody's kill explains itself; Tor's warnings of long ago would only mislead.
        const bool killed = WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGKILL;
        const std::string said = killed ? std::string() : run_->last_words.reason();
        return said.empty() ? how : how + "; it last said: " + said;
    }

    void on_child_ended() {
        const std::optional<int> wait_status = run_->child.reap();
        if (!wait_status) return;
        kill_timer_.cancel();
        alive_timer_.cancel();
        late_timer_.cancel();
        run_->ended->cancel();
        run_->conversation->close();
        read_log();
        run_->log->cancel();
        const std::string why = reason_for_end(*wait_status);
        const bool refused = run_->last_words.configuration_refused();
        const auto ran =
            std::chrono::duration_cast<milliseconds>(steady_clock::now() - run_->since);
        const bool stopping = status_.process == ProcessState::stopping;
        // Kept for now: its event is what called us.
        finished_ = std::move(run_);
        if (!wanted_)
            return change([&](Status& status) { reset_to(status, ProcessState::stopped); });
        if (stopping) return launch();  // start() was called before the old one had gone
        log(base::LogLevel::warning, why);
        if (refused) return wait(ProcessState::failed, why, backoff_.longest());
        wait(ProcessState::waiting, why, backoff_.after_run_of(ran));
    }

    event_base* loop_;
    SupervisorSettings settings_;
    SupervisorCallbacks callbacks_;
    Fd directory_;
    Backoff backoff_;
    Timer retry_timer_;
    Timer kill_timer_;
    Timer alive_timer_;
    Timer late_timer_;
    Status status_;
    bool wanted_ = false;
    std::optional<steady_clock::time_point> forgot_;
    std::unique_ptr<Run> finished_;  // the last run, kept until the next one ends
    std::unique_ptr<Run> run_;
};

}  // namespace

Result<std::unique_ptr<Supervisor>> Supervisor::create(event_base* loop,
                                                       SupervisorSettings settings,
                                                       SupervisorCallbacks callbacks) {
    ENSURE(loop != nullptr, "the supervisor lives on an event loop");
    const std::string& path = settings.data_directory;
    if (!path.starts_with('/'))
        return base::fail(base::ErrorCode::invalid, "the data directory must be an absolute path");
    if (!settings.spawner) settings.spawner = spawner_of(settings.executable);
    Fd directory(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!directory)
        return base::fail(base::ErrorCode::io,
                          "cannot open the data directory " + path + ": " + std::strerror(errno));
    if (auto ok = make_private_directory(path + "/" + std::string(run_name)); !ok)
        return std::unexpected(ok.error());
    return std::make_unique<SupervisorImpl>(loop, std::move(settings), std::move(callbacks),
                                            std::move(directory));
}

}  // namespace hearsay::tor
