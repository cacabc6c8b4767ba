#include "sim/command.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <iostream>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/program_options.hpp>

#include "sim/experiments.hpp"

namespace hearsay::sim {
namespace {

namespace po = boost::program_options;

struct Request {
    std::string verb;
    RunOptions run;
    std::uint64_t seeds = 1;
    bool json = false;
};

constexpr std::uint64_t seeds_max = 1'000'000;
constexpr std::uint64_t swarm_processes = 2;

constexpr std::array<std::pair<const char*, core::RelayMode>, 3> relays{
    {{"tree", core::RelayMode::tree},
     {"flood", core::RelayMode::flood},
     {"announce", core::RelayMode::announce}}};

std::optional<core::RelayMode> relay_of(const std::string& name) {
    for (const auto& [known, mode] : relays)
        if (name == known) return mode;
    return std::nullopt;
}

std::string number(double value) {
    std::array<char, 40> text{};
    // Whole numbers in full: times in milliseconds are.
    const bool whole = value >= 0 && value < 1e15 &&
                       value == static_cast<double>(static_cast<std::int64_t>(value));
    std::snprintf(text.data(), text.size(), whole ? "%.0f" : "%.6g", value);
    return text.data();
}

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (static_cast<unsigned char>(c) >= 0x20) out += c;
    }
    return out + "\"";
}

// If a bug of ours aborts (ENSURE), the seed must not be lost with it.
std::array<char, 512> last_words{};
void on_abort(int) {
    [[maybe_unused]] const auto written =
        write(STDERR_FILENO, last_words.data(), std::strlen(last_words.data()));
}

void remember_replay(const Request& request) {
    const std::string text = "replay: " + replay_command(request.run) + "\n";
    last_words.fill(0);
    text.copy(last_words.data(), last_words.size() - 1);
    std::signal(SIGABRT, on_abort);
}

std::string to_text(const RunOptions& options, const Outcome& outcome, double seconds) {
    std::string extra;
    for (const auto& [name, value] : outcome.extra) extra += "; " + name + " " + number(value);
    const Timeliness& timely = outcome.timely;
    extra = "; " + std::to_string(timely.items - timely.late) + " of " +
            std::to_string(timely.items) + " items everywhere within " +
            std::to_string(options.scenario.timely_s) + " s, the last after " +
            number(static_cast<double>(timely.everywhere_most_ms) / 1000) + " s" + extra;
    return options.scenario.name + ", " + std::to_string(options.nodes) + " nodes, seed " +
           std::to_string(options.seed) + ": delivered " + number(100 * outcome.delivered_share) +
           " %, " + number(outcome.copies_per_delivery) + " copies and " +
           number(outcome.bytes_per_delivery) + " bytes a delivery, t50 " +
           number(static_cast<double>(outcome.t50_ms) / 1000) + " s, t99 " +
           number(static_cast<double>(outcome.t99_ms) / 1000) + " s, settled " +
           number(static_cast<double>(outcome.settled_ms) / 1000) + " s into the calm; " +
           std::to_string(outcome.steps) + " steps in " + number(seconds) + " s" + extra +
           "; digest " + outcome.digest;
}

int run_once(const Request& request) {
    remember_replay(request);
    const std::clock_t began = std::clock();
    const Outcome outcome = run_scenario(request.run);
    const double seconds = static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC;
    std::string out = request.json ? to_json(request.run, outcome, seconds)
                                   : to_text(request.run, outcome, seconds);
    out += "\n";
    std::cout << out << std::flush;
    std::string complaint;
    for (const std::string& reason : outcome.timely.reasons) complaint += "late: " + reason + "\n";
    if (outcome.failures.empty()) {
        std::cerr << complaint << std::flush;
        return 0;
    }
    for (const std::string& failure : outcome.failures) complaint += "failed: " + failure + "\n";
    complaint += "replay: " + replay_command(request.run) + "\n";
    if (!outcome.trace.empty())
        complaint += "the last steps of that node before the first failure:\n" + outcome.trace;
    std::cerr << complaint << std::flush;
    return 1;
}

// Every second seed each; a child that dies of a signal counts as a failure.
int swarm(const Request& request) {
    std::vector<pid_t> children;
    for (std::uint64_t child = 0; child < swarm_processes; ++child) {
        const pid_t pid = fork();
        if (pid < 0) {
            std::cerr << "hearsay-sim: no further process: " << std::strerror(errno) << "\n";
            return 2;
        }
        if (pid > 0) {
            children.push_back(pid);
            continue;
        }
        int worst = 0;
        for (std::uint64_t at = child; at < request.seeds; at += swarm_processes) {
            Request one = request;
            one.run.seed += at;
            worst = std::max(worst, run_once(one));
        }
        std::_Exit(worst);
    }
    int worst = 0;
    for (const pid_t pid : children) {
        int status = 0;
        waitpid(pid, &status, 0);
        worst = std::max(worst, WIFEXITED(status) ? WEXITSTATUS(status) : 1);
    }
    return worst;
}

base::Result<Request> parse(int argc, char** argv, po::options_description& visible) {
    Request out;
    std::string scenario;
    std::string relay;
    std::vector<std::string> changes;
    visible.add_options()("nodes", po::value(&out.run.nodes)->default_value(out.run.nodes),
                          "how many nodes")(
        "offers", po::value(&out.run.offers)->default_value(out.run.offers),
        "how many offers are published")("seed", po::value(&out.run.seed)->default_value(1),
                                         "of everything; swarm: the first one")(
        "seeds", po::value(&out.seeds)->default_value(20), "swarm: how many")(
        "relay", po::value(&relay)->default_value("tree"),
        "how items spread: tree, flood or announce")(
        "set", po::value(&changes)->composing(),
        "a setting of the scenario otherwise, name=number; may be repeated")(
        "json", po::bool_switch(&out.json), "one JSON object a run")(
        "points", po::bool_switch(&out.run.curve),
        "with what plots are made of: JSON, a slower calm")("help,h", "this text");
    po::options_description all(visible);
    all.add_options()("verb", po::value(&out.verb))("scenario", po::value(&scenario));
    po::positional_options_description places;
    places.add("verb", 1).add("scenario", 1);
    try {
        po::variables_map given;
        po::store(po::command_line_parser(argc, argv).options(all).positional(places).run(), given);
        po::notify(given);
        if (given.contains("help")) out.verb = "help";
    } catch (const po::error& error) {
        return base::fail(base::ErrorCode::invalid, error.what());
    }
    if (out.verb == "help" || out.verb == "list") return out;
    if (out.verb != "run" && out.verb != "swarm")
        return base::fail(base::ErrorCode::invalid,
                          "say run SCENARIO, swarm SCENARIO or list; --help tells more");
    out.json = out.json || out.run.curve;
    const auto mode = relay_of(relay);
    if (!mode)
        return base::fail(base::ErrorCode::invalid,
                          "no relay " + relay + "; there are tree, flood and announce");
    out.run.relay = *mode;
    if (out.run.nodes < 2 || out.run.nodes > nodes_max || out.run.offers < 1 ||
        out.run.offers > offers_max || out.seeds < 1 || out.seeds > seeds_max)
        return base::fail(base::ErrorCode::invalid,
                          "2 to 100000 nodes, 1 to 100000 offers, 1 to 1000000 seeds");
    auto found = find_scenario(scenario);
    if (!found) return std::unexpected(found.error());
    out.run.scenario = *found;
    for (const std::string& setting : changes) {
        if (const auto changed = change(out.run.scenario, setting); !changed)
            return base::fail(base::ErrorCode::invalid,
                              "--set " + setting + ": " + changed.error().text);
        out.run.changes += " --set " + setting;
    }
    if (const auto fits = check(out.run.scenario); !fits) return std::unexpected(fits.error());
    return out;
}

// What plots are made of.
std::string points_of(const Outcome& outcome) {
    std::string delays;
    for (const std::uint32_t ms : outcome.delay_percentiles)
        delays += (delays.empty() ? "" : ",") + std::to_string(ms);
    std::string curve;
    for (const auto& [ms, share] : outcome.curve)
        curve += (curve.empty() ? "[" : ",[") + std::to_string(ms) + "," + number(share) + "]";
    std::string extra;
    for (const auto& [name, value] : outcome.extra)
        extra += (extra.empty() ? "" : ",") + quoted(name) + ":" + number(value);
    std::string series;
    for (const auto& [name, points] : outcome.series) {
        series += (series.empty() ? "" : ",") + quoted(name) + ":[";
        for (std::size_t i = 0; i < points.size(); ++i)
            series += (i == 0 ? "[" : ",[") + number(points[i].first) + "," +
                      number(points[i].second) + "]";
        series += "]";
    }
    return ",\"delay_percentiles_ms\":[" + delays + "],\"curve\":[" + curve + "],\"extra\":{" +
           extra + "},\"series\":{" + series + "}";
}

}  // namespace

std::string name_of(core::RelayMode relay) {
    for (const auto& [name, mode] : relays)
        if (relay == mode) return name;
    return "?";
}

std::string to_json(const RunOptions& options, const Outcome& outcome, double seconds) {
    std::string extra;
    for (const auto& [name, value] : outcome.extra)
        extra += "," + quoted(name) + ":" + number(value);
    std::string reasons;
    for (const std::string& reason : outcome.timely.reasons)
        reasons += (reasons.empty() ? "" : ",") + quoted(reason);
    const double speed = seconds > 0 ? static_cast<double>(outcome.steps) / seconds : 0;
    return "{\"scenario\":" + quoted(options.scenario.name) +
           ",\"seed\":" + std::to_string(options.seed) +
           ",\"nodes\":" + std::to_string(options.nodes) +
           ",\"offers\":" + std::to_string(options.offers) +
           ",\"relay\":" + quoted(name_of(options.relay)) +
           ",\"delivered_share\":" + number(outcome.delivered_share) +
           ",\"copies_per_delivery\":" + number(outcome.copies_per_delivery) +
           ",\"bytes_per_delivery\":" + number(outcome.bytes_per_delivery) +
           ",\"bytes_per_node\":" + number(outcome.bytes_per_node) +
           ",\"t50_ms\":" + std::to_string(outcome.t50_ms) +
           ",\"t99_ms\":" + std::to_string(outcome.t99_ms) +
           ",\"back_t50_ms\":" + std::to_string(outcome.back_t50_ms) +
           ",\"back_t99_ms\":" + std::to_string(outcome.back_t99_ms) +
           ",\"deliveries\":" + std::to_string(outcome.deliveries) +
           ",\"settled_ms\":" + std::to_string(outcome.settled_ms) +
           ",\"items\":" + std::to_string(outcome.timely.items) +
           ",\"late_items\":" + std::to_string(outcome.timely.late) +
           ",\"everywhere_t50_ms\":" + std::to_string(outcome.timely.everywhere_t50_ms) +
           ",\"everywhere_t99_ms\":" + std::to_string(outcome.timely.everywhere_t99_ms) +
           ",\"everywhere_most_ms\":" + std::to_string(outcome.timely.everywhere_most_ms) +
           ",\"steps\":" + std::to_string(outcome.steps) +
           ",\"steps_per_second\":" + number(speed) +
           ",\"failures\":" + std::to_string(outcome.failures.size()) + extra + ",\"late\":[" +
           reasons + "]" + (options.curve ? points_of(outcome) : std::string()) +
           ",\"digest\":" + quoted(outcome.digest) + "}";
}

std::string replay_command(const RunOptions& options) {
    return "hearsay-sim run " + options.scenario.name + " --nodes " +
           std::to_string(options.nodes) + " --offers " + std::to_string(options.offers) +
           " --seed " + std::to_string(options.seed) + " --relay " + name_of(options.relay) +
           options.changes;
}

int command(int argc, char** argv) {
    po::options_description visible("hearsay-sim run|swarm SCENARIO, or hearsay-sim list");
    const auto request = parse(argc, argv, visible);
    if (!request) {
        std::cerr << "hearsay-sim: " << request.error().text << "\n";
        return 2;
    }
    if (request->verb == "help") std::cout << visible;
    if (request->verb == "list")
        for (const auto& [name, text] : built_in_scenarios()) std::cout << name << "\n";
    if (request->verb == "run") return run_once(*request);
    if (request->verb == "swarm") return swarm(*request);
    return 0;
}

}  // namespace hearsay::sim
