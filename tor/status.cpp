#include "tor/status.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "base/ensure.hpp"
#include "tor/control.hpp"

namespace hearsay::tor {
namespace {

// Tor gives a directory request up one minute in
constexpr base::Millis upload_answer_max{120'000};

int number(std::string_view text, int otherwise) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? value : otherwise;
}

// A consensus names some ten versions, each like "0.4.9.11-alpha".
constexpr std::size_t versions_max = 64;
constexpr std::size_t version_bytes_max = 32;

constexpr std::string_view refusal_mark = "Failed to parse/validate config: ";

}  // namespace

std::string_view name(ProcessState state) {
    switch (state) {
        case ProcessState::stopped:
            return "stopped";
        case ProcessState::starting:
            return "starting";
        case ProcessState::running:
            return "running";
        case ProcessState::waiting:
            return "waiting";
        case ProcessState::failed:
            return "failed";
        case ProcessState::stopping:
            return "stopping";
    }
    ENSURE(false, "a ProcessState outside its enumeration");
    std::abort();
}

std::string_view name(Standing standing) {
    switch (standing) {
        case Standing::unknown:
            return "";
        case Standing::current:
            return "current";
        case Standing::newer:
            return "newer";
        case Standing::outdated:
            return "outdated";
        case Standing::unlisted:
            return "unlisted";
    }
    ENSURE(false, "a Standing outside its enumeration");
    std::abort();
}

// Control-spec 3.9, status/version/current.
Standing standing_of(std::string_view answer) {
    if (answer == "recommended") return Standing::current;
    if (answer == "new" || answer == "new in series") return Standing::newer;
    if (answer == "old" || answer == "obsolete") return Standing::outdated;
    if (answer == "unrecommended") return Standing::unlisted;
    return Standing::unknown;
}

std::vector<std::string> recommended_versions(std::string_view answer) {
    std::vector<std::string> out;
    while (!answer.empty() && out.size() < versions_max) {
        const std::string_view next = answer.substr(0, answer.find(','));
        answer.remove_prefix(std::min(next.size() + 1, answer.size()));
        const bool plain = std::ranges::all_of(next, [](char c) {
            return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '.' || c == '-';
        });
        if (!next.empty() && next.size() <= version_bytes_max && plain) out.emplace_back(next);
    }
    return out;
}

bool EventTracker::on_event(std::string_view line, base::MonoTime now, Status& status) {
    const std::string_view kind = word(line, 0);
    if (kind == "HS_DESC") return on_descriptor(line, now, status);
    const std::string_view action = word(line, 2);
    if (kind == "ORCONN" && action == "FAILED") return on_connection(line, status);
    if (kind == "STATUS_CLIENT" && action == "BOOTSTRAP") return on_bootstrap(line, status);
    if (kind == "STATUS_GENERAL" && action == "CLOCK_SKEW") return on_clock_skew(line, status);
    return false;
}

bool EventTracker::on_bootstrap_phase(std::string_view line, Status& status) {
    if (!line.starts_with("status/bootstrap-phase=")) return false;
    return on_bootstrap(line, status);
}

bool EventTracker::on_bootstrap(std::string_view line, Status& status) {
    const int percent = number(find_keyword(line, "PROGRESS").value_or(""), -1);
    if (percent < 0 || percent > 100) return false;
    // Never backwards within a run: the answer to GETINFO may come after a newer event.
    if (percent < status.bootstrap.percent) return false;
    BootstrapStatus next;
    next.percent = percent;
    next.tag = find_keyword(line, "TAG").value_or("");
    next.summary = find_keyword(line, "SUMMARY").value_or("");
    next.warning = find_keyword(line, "WARNING").value_or("");
    next.reason = find_keyword(line, "REASON").value_or("");
    next.clock_skew = status.bootstrap.clock_skew;
    if (percent == status.bootstrap.percent) {
        next.failures = status.bootstrap.failures;
        if (next.reason.empty()) next.reason = status.bootstrap.reason;
    }
    if (next == status.bootstrap) return false;
    status.bootstrap = std::move(next);
    return true;
}

// Told for each connection, where a bootstrap's warning comes only after ten that failed.
bool EventTracker::on_connection(std::string_view line, Status& status) {
    if (status.bootstrap.percent == 100) return false;  // one of many; others carry on
    status.bootstrap.reason = find_keyword(line, "REASON").value_or("MISC");
    ++status.bootstrap.failures;
    return true;
}

bool EventTracker::on_clock_skew(std::string_view line, Status& status) {
    const std::string skew = find_keyword(line, "SKEW").value_or("");
    const int seconds = number(skew.starts_with('+') ? std::string_view(skew).substr(1) : skew, 0);
    if (seconds == 0) return false;
    status.bootstrap.clock_skew = seconds;
    // Control-spec 4.1.10: positive means that our clock is ahead.
    std::string warning = "this computer's clock seems to be " +
                          std::to_string(std::llabs(seconds)) + " seconds " +
                          (seconds > 0 ? "ahead" : "behind");
    if (warning == status.bootstrap.warning) return false;
    status.bootstrap.warning = std::move(warning);
    return true;
}

bool EventTracker::on_descriptor(std::string_view line, base::MonoTime now, Status& status) {
    const std::string_view action = word(line, 1);
    if (onion_.empty() || word(line, 2) != onion_) return false;
    DescriptorStatus& descriptor = status.descriptor;
    const int outstanding = descriptor.requested - descriptor.done - descriptor.failed;
    if (action == "UPLOAD") {
        if (outstanding <= 0 || now - last_upload_ > upload_answer_max)
            descriptor = {
                .requested = 0, .done = 0, .failed = 0, .published = descriptor.published};
        ++descriptor.requested;
        last_upload_ = now;
        return true;
    }
    if (action == "UPLOADED") {
        descriptor.requested += outstanding <= 0 ? 1 : 0;  // an answer that outlived its round
        ++descriptor.done;
        descriptor.published = true;
        return true;
    }
    // FAILED also tells of look-ups; those name a descriptor before the reason. An upload whose
    // connection broke is not told at all, hence upload_answer_max.
    if (action == "FAILED" && outstanding > 0 && word(line, 5).starts_with("REASON=")) {
        ++descriptor.failed;
        return true;
    }
    return false;
}

LogLine parse_log_line(std::string_view line) {
    const std::size_t open = line.find('[');
    const std::size_t close = line.find("] ", open == std::string_view::npos ? line.size() : open);
    // "Nov 21 10:20:11.123 " stands before the bracket.
    constexpr std::size_t time_max = 40;
    if (open != std::string_view::npos && close != std::string_view::npos && open <= time_max) {
        const std::string_view severity = line.substr(open + 1, close - open - 1);
        const std::string text(line.substr(close + 2));
        if (severity == "err") return {base::LogLevel::error, text};
        if (severity == "warn") return {base::LogLevel::warning, text};
        if (severity == "notice") return {base::LogLevel::info, text};
        if (severity == "info" || severity == "debug") return {base::LogLevel::debug, text};
    }
    return {base::LogLevel::warning, std::string(line)};
}

void LastWords::on_log(const LogLine& line) {
    if (line.level != base::LogLevel::warning && line.level != base::LogLevel::error) return;
    std::string text = line.text;
    if (text.starts_with("Reading config failed")) {  // "see warnings above": they are what we keep
        refused_ = true;
        return;
    }
    if (const std::size_t mark = text.find(refusal_mark); mark != std::string::npos) {
        text = text.substr(mark + refusal_mark.size());
        refused_ = true;
    }
    complaints_.push_back(std::move(text));
    if (complaints_.size() > kept_max) complaints_.pop_front();
}

std::string LastWords::reason() const {
    std::string joined;
    for (const std::string& complaint : complaints_)
        joined += (joined.empty() ? "" : "; ") + complaint;
    return refused_ ? "Tor refused its configuration: " + joined : joined;
}

std::chrono::milliseconds Backoff::after_run_of(std::chrono::milliseconds ran) {
    if (ran >= limits_.well) next_ = limits_.first;
    const std::chrono::milliseconds pause = next_;
    next_ = std::min(next_ * 2, limits_.longest);
    return pause;
}

}  // namespace hearsay::tor
