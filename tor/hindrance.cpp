#include "tor/hindrance.hpp"

#include <cstdlib>

namespace hearsay::tor {
namespace {

constexpr int failures_enough = 3;
// Below this percentage no relay was spoken to (control-spec, bootstrap phases: 10 conn_done).
constexpr int connected_percent = 10;

const char* const use_bridges =
    "If this network blocks Tor, use bridges: write \"UseBridges 1\" and the \"Bridge ...\" lines "
    "that "
    "bridges.torproject.org gives into a file, and start hearsayd with --tor-config FILE.";
const char* const other_bridges =
    "Try other bridges: the Bridge lines of the file that --tor-config names.";
const char* const behind_firewall =
    "If a firewall or proxy has to be passed, name it in a file for --tor-config: FascistFirewall "
    "1, "
    "Socks5Proxy or HTTPSProxy. ";

std::string length_of(std::int64_t seconds) {
    const std::int64_t size = std::llabs(seconds);
    const auto counted = [](std::int64_t count, const char* noun) {
        return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
    };
    if (size < 120) return counted(size, "second");
    if (size < 2 * 3600) return counted(size / 60, "minute");
    if (size < 48 * 3600) return counted(size / 3600, "hour");
    return counted(size / 86400, "day");
}

std::string advice(const Surroundings& around) {
    return around.has_bridges ? other_bridges : std::string(behind_firewall) + use_bridges;
}

std::string of_code(const std::string& code, int percent, const Surroundings& around) {
    const std::string what = around.has_bridges ? "The bridges" : "Tor's relays";
    if (code == "NOROUTE")
        return what +
               " cannot be reached: this machine has no route to them. Check its connection "
               "to the Internet; Tor goes on by itself.";
    if (code == "CONNECTREFUSED")
        return what + " refuse the connection, or a firewall does it for them. " + advice(around);
    if (code == "TIMEOUT")
        return what + " do not answer: packets get lost, or a firewall drops them. " +
               advice(around);
    if (code == "PT_MISSING")
        return "A bridge wants a transport that no program here provides: add its "
               "\"ClientTransportPlugin ... exec PROGRAM\" line to the file that --tor-config "
               "names.";
    if (code == "RESOURCELIMIT")
        return "This machine has no memory or no descriptors left for Tor's connections. End other "
               "programs, or raise the limit (ulimit -n).";
    if (code == "IDENTITY")
        return what +
               " show other keys than they should: something on the way answers in their "
               "place. " +
               advice(around);
    if (code == "CONNECTRESET" || code == "DONE" || code == "IOERROR" || code == "TLS_ERROR")
        return "Connections to " +
               std::string(around.has_bridges ? "the bridges" : "Tor's relays") + " are cut " +
               (percent >= connected_percent ? "while they are encrypted: " : "off: ") +
               "something on the way lets them begin and ends them. " + advice(around);
    return "Connections to " + std::string(around.has_bridges ? "the bridges" : "Tor's relays") +
           " fail (" + (code.empty() ? "Tor says not why" : code) + "). " + advice(around);
}

}  // namespace

std::string hindrance(const Status& status, const Surroundings& around) {
    if (status.process != ProcessState::running) return {};
    if (!around.has_route)
        return "This machine has no network: there is no route to the Internet. Connect it; Tor "
               "goes "
               "on by itself.";
    const BootstrapStatus& bootstrap = status.bootstrap;
    if (bootstrap.percent == 100) return {};
    if (bootstrap.clock_skew != 0)
        return "This machine's clock is " + length_of(bootstrap.clock_skew) +
               (bootstrap.clock_skew > 0 ? " ahead" : " behind") +
               ", by what relays say, and Tor cannot go on so. Set the clock, the time zone too; "
               "Tor "
               "goes on by itself.";
    const bool long_enough = around.since_step >= told_after;
    if (bootstrap.failures >= failures_enough || (bootstrap.failures > 0 && long_enough) ||
        (!bootstrap.warning.empty() && !bootstrap.reason.empty()))
        return of_code(bootstrap.reason, bootstrap.percent, around);
    if (!long_enough) return {};
    if (bootstrap.percent < connected_percent)
        return "No relay of Tor's answered yet. " + advice(around);
    return "Tor is stuck at " + std::to_string(bootstrap.percent) + " % (" + bootstrap.summary +
           "). If that lasts for minutes: " + advice(around);
}

}  // namespace hearsay::tor
