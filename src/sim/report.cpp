#include "sim/report.hpp"

#include <array>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

#include "sim/command.hpp"
#include "sim/experiments.hpp"
#include "sim/svg.hpp"

namespace hearsay::sim {
namespace {

constexpr std::size_t threads = 2;
constexpr std::array relays{core::RelayMode::tree, core::RelayMode::announce, core::RelayMode::flood};
// With the tree, at one size.
constexpr std::array scenarios{"churn",           "partition",    "flash-crowd",  "cold-start",
                               "skewed-clocks",   "byzantine-20", "byzantine-33", "spam-10x",
                               "synchronization", "availability", "spy"};
constexpr std::uint32_t scenario_nodes = 100;

struct Job {
    RunOptions options;
    Outcome outcome;
};

std::string fixed(double value, int digits) {
    std::array<char, 40> out{};
    std::snprintf(out.data(), out.size(), "%.*f", digits, value);
    return out.data();
}

double seconds(double ms) {
    return ms / 1000;
}

base::Result<std::vector<Job>> plan(const ReportOptions& options) {
    std::vector<Job> jobs;
    const auto add = [&](const std::string& name, std::uint32_t nodes,
                         core::RelayMode relay) -> std::optional<base::Error> {
        const auto scenario = find_scenario(name);
        if (!scenario) return scenario.error();
        Job job;
        job.options.scenario = *scenario;
        job.options.nodes = nodes;
        job.options.offers = options.offers;
        job.options.seed = options.seed;
        job.options.relay = relay;
        job.options.curve = true;
        jobs.push_back(std::move(job));
        return std::nullopt;
    };
    // The largest first: two threads end at about the same time.
    for (auto nodes = options.nodes.rbegin(); nodes != options.nodes.rend(); ++nodes)
        for (const core::RelayMode relay : relays)
            if (const auto error = add("calm", *nodes, relay)) return std::unexpected(*error);
    for (const char* name : scenarios)
        if (const auto error =
                add(name, std::min(scenario_nodes, options.nodes.back()), core::RelayMode::tree))
            return std::unexpected(*error);
    return jobs;
}

void run_all(std::vector<Job>& jobs) {
    std::atomic<std::size_t> next{0};
    std::vector<std::jthread> runners;
    for (std::size_t i = 0; i < threads; ++i)
        runners.emplace_back([&] {
            for (std::size_t at = next++; at < jobs.size(); at = next++)
                jobs[at].outcome = run_scenario(jobs[at].options);
        });
}

bool is_calm(const Job& job) {
    return job.options.scenario.name == "calm";
}

template <class Value>
Plot by_size(const std::vector<Job>& jobs, const std::string& title, const std::string& unit,
             const std::vector<std::pair<std::string, Value>>& values) {
    Plot plot{title, "nodes", unit, true, {}};
    for (const auto& [what, value] : values)
        for (const core::RelayMode relay : relays) {
            Series series{name_of(relay) + what, {}};
            for (auto job = jobs.rbegin(); job != jobs.rend(); ++job)
                if (is_calm(*job) && job->options.relay == relay)
                    series.points.emplace_back(job->options.nodes, value(job->outcome));
            plot.series.push_back(std::move(series));
        }
    return plot;
}

std::vector<std::pair<std::string, Plot>> plots_of(const std::vector<Job>& jobs) {
    using Value = double (*)(const Outcome&);
    Plot delivery{
        "Share of deliveries by time, " + std::to_string(jobs.front().options.nodes) + " nodes in the calm",
        "seconds from publication",
        "%",
        false,
        {}};
    for (const Job& job : jobs) {
        if (!is_calm(job) || job.options.nodes != jobs.front().options.nodes) continue;
        Series series{name_of(job.options.relay), {}};
        for (std::size_t percent = 0; percent <= 100; ++percent)
            series.points.emplace_back(seconds(job.outcome.delay_percentiles[percent]),
                                       static_cast<double>(percent));
        delivery.series.push_back(std::move(series));
    }
    Plot completeness{"What everybody should hold and holds, from the end of the faults on",
                      "seconds of calm",
                      "%",
                      false,
                      {}};
    for (const Job& job : jobs) {
        const std::string& name = job.options.scenario.name;
        if (is_calm(job) || name == "availability" || name == "spy") continue;
        Series series{name, {}};
        for (const auto& [ms, share] : job.outcome.curve)
            series.points.emplace_back(seconds(ms), 100 * share);
        completeness.series.push_back(std::move(series));
    }
    std::vector<std::pair<std::string, Plot>> out;
    out.emplace_back("delivery", delivery);
    const Value t50 = [](const Outcome& outcome) { return seconds(static_cast<double>(outcome.t50_ms)); };
    const Value t99 = [](const Outcome& outcome) { return seconds(static_cast<double>(outcome.t99_ms)); };
    const Value copies = [](const Outcome& outcome) { return outcome.copies_per_delivery; };
    const Value bytes = [](const Outcome& outcome) { return outcome.bytes_per_node / 1024; };
    out.emplace_back("delivery-by-size", by_size<Value>(jobs, "Delivery in the calm", "seconds",
                                                        {{", t50", t50}, {", t99", t99}}));
    out.emplace_back(
        "copies-by-size",
        by_size<Value>(jobs, "Copies of an item for each delivery, in the calm", "copies", {{"", copies}}));
    out.emplace_back("bytes-by-size", by_size<Value>(jobs, "What a node receives in the calm, all told",
                                                     "KiB", {{"", bytes}}));
    out.emplace_back("completeness", completeness);
    return out;
}

std::string table_row(const Job& job) {
    const Outcome& out = job.outcome;
    return "| " + job.options.scenario.name + " | " + std::to_string(job.options.nodes) + " | " +
           name_of(job.options.relay) + " | " + fixed(100 * out.delivered_share, 2) + " | " +
           fixed(out.copies_per_delivery, 3) + " | " + fixed(out.bytes_per_delivery, 0) + " | " +
           fixed(out.bytes_per_node / 1024, 1) + " | " + fixed(seconds(static_cast<double>(out.t50_ms)), 2) +
           " | " + fixed(seconds(static_cast<double>(out.t99_ms)), 2) + " | " +
           fixed(seconds(static_cast<double>(out.settled_ms)), 0) + " |\n";
}

// Of an experiment: its own figures, one a line.
std::string extras(const Job& job) {
    std::string out = "\n## " + job.options.scenario.name + ", " + std::to_string(job.options.nodes) +
                      " nodes\n| figure | value |\n|---|---|\n";
    for (const auto& [name, value] : job.outcome.extra) {
        const bool is_share = name.find("share") != std::string::npos;
        out += "| " + name + " | " + fixed(value, is_share ? 4 : 1) + " |\n";
    }
    return out;
}

std::string markdown(const ReportOptions& options, const std::vector<Job>& jobs,
                     const std::vector<std::pair<std::string, Plot>>& plots) {
    std::string nodes;
    for (const std::uint32_t count : options.nodes)
        nodes += (nodes.empty() ? "" : ",") + std::to_string(count);
    std::string out =
        "# What the simulator found\nMade by `hearsay-sim report --nodes " + nodes + " --offers " +
        std::to_string(options.offers) + " --seed " + std::to_string(options.seed) +
        "`; nothing here is typed in.\nFields and scenarios: [docs/simulator.md](../simulator.md).\n\n";
    for (const auto& [name, plot] : plots) out += "![" + plot.title + "](" + name + ".svg)\n\n";
    out +=
        "| scenario | nodes | relay | delivered % | copies a delivery | bytes a delivery | KiB a node | t50 "
        "s | "
        "t99 s | settled s |\n|---|---|---|---|---|---|---|---|---|---|\n";
    for (const Job& job : jobs) out += table_row(job);
    for (const Job& job : jobs)
        if (!job.outcome.extra.empty()) out += extras(job);
    std::string failures;
    for (const Job& job : jobs)
        for (const std::string& failure : job.outcome.failures)
            failures += "- `" + replay_command(job.options) + "`: " + failure + "\n";
    if (!failures.empty()) out += "\n## Checks that failed\n" + failures;
    return out;
}

base::Result<void> write(const std::string& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    if (!file) return base::fail(base::ErrorCode::io, path + " cannot be written");
    return {};
}

}  // namespace

base::Result<std::size_t> write_report(const ReportOptions& options) {
    std::error_code error;
    std::filesystem::create_directories(options.out, error);
    if (error) return base::fail(base::ErrorCode::io, options.out + ": " + error.message());
    auto jobs = plan(options);
    if (!jobs) return std::unexpected(jobs.error());
    run_all(*jobs);
    const auto plots = plots_of(*jobs);
    for (const auto& [name, plot] : plots)
        if (const auto done = write(options.out + "/" + name + ".svg", to_svg(plot)); !done)
            return std::unexpected(done.error());
    if (const auto done = write(options.out + "/README.md", markdown(options, *jobs, plots)); !done)
        return std::unexpected(done.error());
    std::size_t failed = 0;
    for (const Job& job : *jobs) failed += job.outcome.failures.empty() ? 0 : 1;
    return failed;
}

}  // namespace hearsay::sim
