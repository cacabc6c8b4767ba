#include "app/cli/watch.hpp"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <poll.h>
#include <string>
#include <utility>
#include <vector>

#include "api/encode/json.hpp"
#include "app/cli/report.hpp"
#include "app/cli/show.hpp"
#include "app/cli/text.hpp"

namespace hearsay::app::cli {

namespace {

using Clock = std::chrono::steady_clock;
// The node tells when something happens; what changes quietly is seen by looking anyway.
constexpr std::chrono::milliseconds look_every{1000};
// Between two looks, however much happens.
constexpr std::chrono::milliseconds look_pause{100};

// Shows each status: on a terminal on a screen of its own, which is left as it was; what changed
// elsewhere.
class Display {
public:
    Display(bool json, Terminal& terminal) : json_(json), terminal_(terminal) {}
    Display(const Display&) = delete;
    Display& operator=(const Display&) = delete;
    ~Display() { leave(); }

    // What was shown last stays where the terminal was before.
    void leave() {
        if (std::exchange(on_screen_, false)) terminal_.out << leave_screen << last_ << std::flush;
    }

    void update(const api::Status& status) {
        if (json_) return update_json(status);
        if (terminal_.out_is_tty) return redraw(status);
        const std::vector<std::string> lines = status_lines(status);
        for (const std::string& line : lines)
            if (std::find(before_.begin(), before_.end(), line) == before_.end())
                terminal_.out << line << "\n";
        terminal_.out << std::flush;
        before_ = lines;
    }

private:
    void update_json(const api::Status& status) {
        api::Status still = status;  // without what changes all the time
        still.clear_now();
        still.clear_uptime_seconds();
        const std::vector<std::string> text{still.SerializeAsString()};
        if (before_ == text) return;
        before_ = text;
        terminal_.out << api::to_json(status).value_or("{}") << std::endl;
    }

    void redraw(const api::Status& status) {
        if (terminal_.measure) terminal_.measure(terminal_);
        Style style = style_of(terminal_);
        last_ = show(status, style);
        style.one_screen = true;
        terminal_.out << (on_screen_ ? "" : enter_screen)
                      << drawn(show(status, style), terminal_.width, terminal_.height)
                      << std::flush;
        on_screen_ = true;
    }

    static constexpr const char* enter_screen = "\x1b[?1049h\x1b[?25l";
    static constexpr const char* leave_screen = "\x1b[?25h\x1b[?1049l";
    const bool json_;
    Terminal& terminal_;
    std::vector<std::string> before_;
    std::string last_;
    bool on_screen_ = false;
};

// Rows of the terminal; colours take none.
std::size_t rows_of(std::string_view line, std::size_t width) {
    std::string plain;
    bool in_colour = false;
    for (const char c : line) {
        if (c == '\x1b' || in_colour)
            in_colour = c != 'm';
        else
            plain += c;
    }
    return std::max<std::size_t>(1, (columns(plain) + width - 1) / width);
}

std::string_view name(Until until) {
    switch (until) {
        case Until::never:
            return "";
        case Until::ready:
            return "ready";
        case Until::reachable:
            return "reachable";
        case Until::connected:
            return "connected";
        case Until::synced:
            return "synced";
    }
    return "";
}

}  // namespace

std::string drawn(std::string_view text, std::size_t width, std::size_t height) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    std::size_t rows = 0;
    for (const std::string_view line : lines) rows += rows_of(line, width);
    const bool whole = rows <= height;
    // A screen scrolls when its last row ends: no line end behind it.
    const std::size_t room = whole ? height : std::max<std::size_t>(height, 2) - 1;
    std::string out = "\x1b[H";
    std::size_t taken = 0, shown = 0;
    for (; shown < lines.size(); ++shown) {
        const std::size_t more = rows_of(lines[shown], width);
        if (taken + more > room) break;
        out += (shown == 0 ? "" : "\r\n") + std::string(lines[shown]) + "\x1b[K";
        taken += more;
    }
    if (shown < lines.size())
        out += (shown == 0 ? "" : "\r\n") +
               fit("... and " + std::to_string(lines.size() - shown) + " more lines", width);
    return out + "\x1b[J";
}

bool reached(Until until, const api::Status& status) {
    switch (until) {
        case Until::never:
            return false;
        case Until::ready:
            return status.tor().state() == "ready";
        case Until::reachable:
            return status.reachability().state() == "reachable";
        case Until::connected:
            return status.peers().state() == "connected";
        case Until::synced:
            return status.sync().state() == "complete";
    }
    return false;
}

int run_status(const StatusCommand& command, const Client& client, bool json, Terminal& terminal) {
    const bool once = !command.watch && command.until == Until::never;
    const Clock::time_point end =
        command.timeout_seconds == 0 ? Clock::time_point::max()
                                     : Clock::now() + std::chrono::seconds(command.timeout_seconds);
    Display display(json, terminal);
    Wakeup wakeup(client);
    for (;;) {
        const std::expected<Answer, ClientError> answer = client.ask("GET", "/v1/status");
        // Who waits for a state also waits for a node that is only just starting.
        const bool may_come = command.until != Until::never && !answer &&
                              answer.error().kind != ClientError::Kind::denied;
        if (!answer && !may_come) {
            display.leave();
            return report(terminal, json, answer.error());
        }
        if (answer) {
            api::Status status;
            const bool read =
                answer->status < 400 && api::from_json(answer->body, status, api::Unknown::ignore);
            if (!read) display.leave();
            if (answer->status >= 400) return report(terminal, json, *answer);
            if (!read) return report_nonsense(terminal, json);
            const bool done = once || reached(command.until, status);
            if (command.watch) {
                display.update(status);
            } else if (done) {
                terminal.out << (json ? answer->body + "\n" : show(status, style_of(terminal)))
                             << std::flush;
            }
            // Nobody reads it, or a disk is full: to go on would be to write for ever.
            if (!terminal.out) return report_unwritable(terminal);
            if (done) return exit_ok;
        }
        if (terminal.interrupted() || Clock::now() >= end) display.leave();
        if (terminal.interrupted())
            return command.until == Until::never
                       ? exit_ok
                       : report(terminal, json, exit_unavailable, "unavailable", "interrupted");
        if (Clock::now() >= end) {
            if (!answer) return report(terminal, json, answer.error());
            return report(terminal, json, exit_unavailable, "unavailable",
                          "the time is over and the node is not " +
                              std::string(name(command.until)) + " yet");
        }
        // Ctrl-C ends either early.
        poll(nullptr, 0, static_cast<int>(look_pause.count()));
        if (terminal.interrupted()) continue;
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            std::min<Clock::duration>(end - Clock::now(), look_every - look_pause));
        wakeup.wait(std::max(left, std::chrono::milliseconds(1)));
    }
}

}  // namespace hearsay::app::cli
