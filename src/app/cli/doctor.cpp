#include "app/cli/doctor.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <ostream>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "api/encode/json.hpp"
#include "app/cli/report.hpp"
#include "app/cli/show.hpp"
#include "app/cli/show_parts.hpp"
#include "app/cli/text.hpp"
#include "base/limits/store.hpp"

#ifndef HEARSAY_VERSION
#error "CMake defines HEARSAY_VERSION"
#endif

namespace hearsay::app::cli {
namespace {

constexpr base::Seconds clock_tolerated{3600};  // as the node's own warning
constexpr std::uint32_t peers_enough = 3;       // likewise
constexpr base::Seconds backup_old{30 * 24 * 3600};

class Examiner {
public:
    explicit Examiner(api::Examination& out) : out_(out) { out_.set_good(true); }

    void good(const char* part, const std::string& text) { add(part, "good", text, ""); }
    void note(const char* part, const std::string& text, const std::string& advice = "") {
        add(part, "note", text, advice);
    }
    void wrong(const char* part, const std::string& text, const std::string& advice) {
        add(part, "wrong", text, advice);
        out_.set_good(false);
    }

private:
    void add(const char* part, const char* state, const std::string& text,
             const std::string& advice) {
        api::Finding& finding = *out_.add_findings();
        finding.set_part(part);
        finding.set_state(state);
        finding.set_text(text);
        finding.set_advice(advice);
    }
    api::Examination& out_;
};

void look_at_directory(Examiner& out, const std::string& data_dir, const Home& home) {
    if (!home.there)
        return out.wrong(
            "directory", data_dir + " is not there",
            "Start the node: hearsayd makes it; or name the right one: --data-dir DIR.");
    if (!home.readable)
        return out.wrong("directory", data_dir + " belongs to another user",
                         "Ask as the user who runs the node, or name another: --data-dir DIR.");
    if (!home.own)
        out.note("directory", data_dir + " belongs to another user, and you may read it");
    else if ((home.mode & 077) != 0)
        out.wrong("directory", data_dir + " is open to other users of this machine",
                  "Close it: chmod 700 " + data_dir);
    else
        out.good("directory", data_dir);
    if (home.free_bytes < base::limits::free_disk_bytes_min)
        out.wrong(
            "disk", "only " + describe_bytes(home.free_bytes) + " are free",
            "Make room on this disk: the node pauses without, and goes on by itself with it.");
    else
        out.good("disk", describe_bytes(home.free_bytes) + " free");
}

void look_at_clock(Examiner& out, const api::Status& status) {
    const std::int64_t off = std::llabs(status.clock_offset_seconds());
    if (!status.clock_doubt().empty())
        return out.wrong("clock", "not believed: " + status.clock_doubt(),
                         "Set the clock of this machine; the node goes on by itself.");
    if (base::Seconds(off) > clock_tolerated)
        return out.wrong("clock",
                         "most peers' clocks say " + describe_span(base::Seconds(off)) +
                             (status.clock_offset_seconds() > 0 ? " later" : " earlier"),
                         "Set the clock of this machine: off by two hours, others refuse what you "
                         "publish.");
    if (status.view_peers() < peers_enough)
        return out.note("clock",
                        "too few peers to compare it with: " + std::to_string(status.view_peers()) +
                            " of at least " + std::to_string(peers_enough));
    out.good("clock", "within " + describe_span(base::Seconds(off)) + " of most peers'");
}

void look_at_tor(Examiner& out, const api::Status& status) {
    const api::Progress& tor = status.tor();
    const std::string said = tor.state() + (tor.detail().empty() ? "" : ": " + tor.detail());
    const std::string percent = std::to_string(tor.percent()) + " %, ";
    if (tor.state() == "failed")
        out.wrong("tor", said,
                  "Mend what it names; most often a line of the file given with --tor-config.");
    else if (tor.state() == "silent" || tor.state() == "restarting")
        out.wrong("tor", said, "Wait a minute: the node starts it again by itself.");
    else if (tor.state() == "ready")
        out.good("tor", "in its network" +
                            (status.tor_restarts() == 0
                                 ? std::string()
                                 : "; started again " + counted(status.tor_restarts(), "time")));
    else if (status.tor_hindrance().empty())
        out.note("tor", percent + said, "Give it a minute.");
    else
        out.wrong("tor", percent + said, status.tor_hindrance());
    if (tor.state() == "ready" && !status.tor_hindrance().empty())
        out.wrong("network", status.tor_hindrance(), "");
}

void look_at_reach(Examiner& out, const api::Status& status) {
    const api::Progress& descriptor = status.onion_descriptor();
    if (descriptor.state() == "published")
        out.good("descriptor", "published: " + descriptor.detail());
    else
        out.note(
            "descriptor", descriptor.state() + ": " + descriptor.detail(),
            status.tor().state() == "ready" ? "It takes some minutes after Tor is ready." : "");
    const api::Progress& reach = status.reachability();
    if (reach.state() == "unreachable")
        out.wrong("reachable", reach.detail(),
                  "The node tries again by itself; meanwhile everything goes over links that it "
                  "makes.");
    else if (reach.state() == "reachable")
        out.good("reachable", reach.detail());
    else
        out.note("reachable", reach.detail());
}

void look_at_peers(Examiner& out, const api::Status& status) {
    const api::Progress& peers = status.peers();
    if (peers.state() == "alone")
        out.wrong("peers", peers.detail(),
                  "Ask somebody who runs a node for its address: hearsay peers add ONION.");
    else if (peers.state() == "connected")
        out.good("peers", peers.detail());
    else if (status.tor().state() == "ready")
        out.wrong("peers", "not linked: " + peers.detail(),
                  "If that lasts for minutes, they are offline: add another with hearsay peers add "
                  "ONION.");
    else
        out.note("peers", "not linked: " + peers.detail());
    if (status.sync().state() == "complete")
        out.good("complete", status.sync().detail());
    else
        out.note("complete", status.sync().state() + ": " + status.sync().detail());
}

void look_at_store(Examiner& out, const api::Status& status) {
    if (status.store().state() != "ready")
        return out.wrong("store", status.store().state() + ": " + status.store().detail(),
                         "Make room on the disk, or look at it: hearsayd --check reads everything "
                         "while the node does not run.");
    out.good("store", status.store().detail() + ", " + describe_bytes(status.store_bytes()) +
                          " of at most " + describe_bytes(status.store_budget()));
}

void look_at_person(Examiner& out, const api::Status& status, base::WallTime now) {
    if (status.sealed())
        out.good("keys", "sealed with a passphrase");
    else
        out.note("keys", "without a passphrase: whoever reads the disk has them",
                 "hearsay identity passphrase sets one.");
    if (!status.has_last_backup())
        out.note("backup", "none was written by this node",
                 "hearsay backup create FILE: without one, a lost disk costs mail and trades.");
    else if (const base::WallTime made = time_of(status.last_backup()); now - made > backup_old)
        out.note("backup", "the last one is of " + describe_when(made, now),
                 "hearsay backup create FILE writes a new one; burn the old.");
    else
        out.good("backup", "written " + describe_when(time_of(status.last_backup()), now));
    if (status.mail_unread() + status.trades_waiting() > 0)
        out.note("waiting", counted(status.mail_unread(), "unread mail") + ", " +
                                counted(status.trades_waiting(), "trade") +
                                " in which it is your turn");
}

void look_at_versions(Examiner& out, const api::Status& status) {
    const std::string mine = HEARSAY_VERSION;
    if (status.version() != mine)
        out.wrong("versions", "hearsay " + mine + " talks to hearsayd " + status.version(),
                  "Start the node anew: it still runs the program of before.");
    else if (status.tor_standing() == "outdated" || status.tor_standing() == "unlisted")
        out.wrong("versions",
                  "Tor's directory does not recommend Tor " + status.tor_version() +
                      " any more, which is in this program",
                  "Upgrade Hearsay: docs/operating.md, \"Upgrade\".");
    else
        out.good("versions", "hearsayd " + status.version() + ", Tor " + status.tor_version() +
                                 (status.tor_standing() == "current" ? ", which is current" : ""));
}

// Of what the node warns of, what no part above has told.
void look_at_warnings(Examiner& out, const api::Status& status) {
    for (const std::string& warning : status.warnings()) {
        const bool told =
            warning == status.tor_hindrance() || warning.starts_with("The clock") ||
            warning.starts_with("This machine's clock") ||
            warning.starts_with("The keys on disk") || warning.starts_with("Strangers cannot") ||
            warning.starts_with("Tor's directory") || warning.starts_with("The node pauses") ||
            warning.find("hearsay trade list") != std::string::npos;
        if (!told) out.note("besides", warning);
    }
}

}  // namespace

Home look_at_home(const std::string& data_dir) {
    Home out;
    struct stat info{};
    if (stat(data_dir.c_str(), &info) != 0) {
        out.there = errno == EACCES;
        out.readable = false;
        return out;
    }
    out.there = true;
    out.own = info.st_uid == geteuid();
    out.mode = info.st_mode & 07777;
    out.readable = access(data_dir.c_str(), R_OK | X_OK) == 0;
    struct statvfs disk{};
    if (statvfs(data_dir.c_str(), &disk) == 0)
        out.free_bytes = static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
    return out;
}

api::Examination examine(const std::string& data_dir, const Home& home,
                         const std::optional<api::Status>& status, const std::string& silence,
                         base::WallTime now) {
    api::Examination out;
    Examiner examiner(out);
    look_at_directory(examiner, data_dir, home);
    if (!status) {
        examiner.wrong("node", silence,
                       "Start it: hearsayd --data-dir " + data_dir +
                           ". If it ends at once, what it says tells why; its log, too.");
        return out;
    }
    examiner.good("node", "answers, up " + describe_span(base::Seconds(status->uptime_seconds())) +
                              ", on the " + status->network() + " network");
    look_at_clock(examiner, *status);
    look_at_tor(examiner, *status);
    look_at_reach(examiner, *status);
    look_at_peers(examiner, *status);
    look_at_store(examiner, *status);
    look_at_person(examiner, *status, now);
    look_at_versions(examiner, *status);
    look_at_warnings(examiner, *status);
    return out;
}

std::string show(const api::Examination& examination, const Style& style) {
    constexpr std::size_t column = 19, mark_columns = 5;
    std::string out;
    for (const api::Finding& finding : examination.findings()) {
        const bool wrong = finding.state() == "wrong";
        const bool noted = finding.state() == "note";
        const std::string mark = wrong ? "WRONG" : noted ? "note" : "ok";
        std::string line = beside(fit(mark, mark_columns) + " " + finding.part(), column,
                                  safe_line(finding.text()), style.width);
        if (style.colour)
            line.insert(mark.size(), "\x1b[0m")
                .insert(0, wrong   ? "\x1b[31m"
                           : noted ? "\x1b[33m"
                                   : "\x1b[32m");
        out += line;
        if (!finding.advice().empty())
            out += beside(std::string(column - 3, ' ') + "->", column, safe_line(finding.advice()),
                          style.width);
    }
    return out +
           (examination.good() ? "\nNothing is wrong.\n" : "\nSomething is wrong: see above.\n");
}

int run_doctor(const Client& client, bool json, Terminal& terminal) {
    const std::expected<Answer, ClientError> answer = client.ask("GET", "/v1/status");
    std::optional<api::Status> status;
    std::string silence =
        answer ? "its answer makes no sense to this command" : answer.error().text;
    // How to start it, the advice says.
    silence.resize(std::min(silence.find("; start it with"), silence.size()));
    if (answer && answer->status < 400) {
        api::Status read;
        if (api::from_json(answer->body, read, api::Unknown::ignore)) status = std::move(read);
    }
    const std::string& dir = client.data_dir();
    const api::Examination found = examine(dir, look_at_home(dir), status, silence, terminal.now());
    terminal.out << (json ? api::to_json(found).value_or("{}") + "\n"
                          : show(found, style_of(terminal)))
                 << std::flush;
    if (found.good()) return exit_ok;
    return status ? exit_failed : exit_not_running;
}

}  // namespace hearsay::app::cli
