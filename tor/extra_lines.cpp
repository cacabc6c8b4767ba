#include "tor/extra_lines.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace hearsay::tor {
namespace {

using base::ErrorCode;

constexpr std::array allowed = std::to_array<std::string_view>({
    // reaching the network
    "Bridge",
    "UseBridges",
    "ClientTransportPlugin",
    "FascistFirewall",
    "FirewallPorts",
    "ReachableAddresses",
    "ReachableORAddresses",
    "Socks4Proxy",
    "Socks5Proxy",
    "Socks5ProxyUsername",
    "Socks5ProxyPassword",
    "HTTPSProxy",
    "HTTPSProxyAuthenticator",
    "OutboundBindAddress",
    "ClientUseIPv4",
    "ClientUseIPv6",
    "ClientPreferIPv6ORPort",
    "ConnectionPadding",
    "ReducedConnectionPadding",
    "BandwidthRate",
    "BandwidthBurst",
    // which network
    "DirAuthority",
    "AlternateDirAuthority",
    "FallbackDir",
    "UseDefaultFallbackDirs",
    "TestingTorNetwork",
    "PathsNeededToBuildCircuits",
    "EnforceDistinctSubnets",
    "ClientRejectInternalAddresses",
    "ExtendAllowPrivateAddresses",
    "AssumeReachable",
    // paths and circuits
    "EntryNodes",
    "MiddleNodes",
    "ExcludeNodes",
    "StrictNodes",
    "NodeFamily",
    "UseEntryGuards",
    "NumEntryGuards",
    "NumPrimaryGuards",
    "GuardLifetime",
    "VanguardsLiteEnabled",
    "HSLayer2Nodes",
    "HSLayer3Nodes",
    "ConfluxEnabled",
    "ConfluxClientUX",
    "CircuitBuildTimeout",
    "LearnCircuitBuildTimeout",
    "CircuitsAvailableTimeout",
    "CircuitStreamTimeout",
    "CircuitPadding",
    "ReducedCircuitPadding",
    "MaxCircuitDirtiness",
    "MaxClientCircuitsPending",
    "NewCircuitPeriod",
    "SocksTimeout",
    "KeepalivePeriod",
    "CompiledProofOfWorkHash",
    // resources and logs
    "NumCPUs",
    "MaxMemInQueues",
    "ConstrainedSockets",
    "ConstrainedSockSize",
    "SafeLogging",
    "Log",
});

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

// Options for private test networks: there are many, and none opens a port,
// names a file or a program.
bool is_testing_option(std::string_view name) {
    constexpr std::string_view prefix = "Testing";
    return name.size() > prefix.size() && same_name(name.substr(0, prefix.size()), prefix) &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9');
           });
}

bool is_allowed(std::string_view name) {
    return is_testing_option(name) ||
           std::any_of(allowed.begin(), allowed.end(),
                       [&](std::string_view known) { return same_name(known, name); });
}

std::string_view trim(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

// "notice file /path": the word before the path must be file.
bool logs_to_file(std::string_view value) {
    const std::size_t path = value.find(" file /");
    return path != std::string_view::npos && value.find('/') == path + 6;
}

std::string named(std::string_view option, std::string_view rest) {
    std::string out = "'";
    return out.append(option).append("'").append(rest);
}

class LineReader {
public:
    explicit LineReader(std::string_view file_name) : file_name_(file_name) {}

    base::Result<void> read(std::string_view line) {
        ++number_;
        line = trim(line);
        if (line.empty() || line.front() == '#') return {};
        if (std::any_of(line.begin(), line.end(),
                        [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; }))
            return error(ErrorCode::invalid, "control characters are not allowed");
        if (line.back() == '\\')
            return error(ErrorCode::invalid,
                         "a backslash at the end is not allowed: write one line for each option");

        const std::size_t blank = line.find_first_of(" \t");
        const std::string_view option = line.substr(0, blank);
        const std::string_view value =
            blank == std::string_view::npos ? std::string_view{} : trim(line.substr(blank));
        if (!is_allowed(option))
            return error(ErrorCode::refused, "Tor's option '" + std::string(option) +
                                                 "' is not among those that may be set here "
                                                 "(bridges, proxies, authorities, circuits)");
        if (value.empty()) return error(ErrorCode::invalid, named(option, " has no value"));
        if (value.front() == '"')
            return error(ErrorCode::invalid, named(option, ": write the value without quotes"));
        if (same_name(option, "Log") && !logs_to_file(value))
            return error(ErrorCode::refused,
                         "'Log' may only write to a file here: Log notice file /absolute/path");
        lines_.push_back({std::string(option), std::string(value)});
        return {};
    }
    std::vector<ConfigLine> take() { return std::move(lines_); }

private:
    std::unexpected<base::Error> error(ErrorCode code, const std::string& why) const {
        std::string text = file_name_;
        text.append(", line ").append(std::to_string(number_)).append(": ").append(why);
        return base::fail(code, std::move(text));
    }
    std::string file_name_;
    int number_ = 0;
    std::vector<ConfigLine> lines_;
};

}  // namespace

base::Result<std::vector<ConfigLine>> parse_extra_lines(std::string_view text,
                                                        std::string_view file_name) {
    if (text.size() > extra_text_max)
        return base::fail(ErrorCode::invalid, std::string(file_name) + " is larger than " +
                                                  std::to_string(extra_text_max) + " bytes");
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";  // some editors write it
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    LineReader reader(file_name);
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        if (auto ok = reader.read(text.substr(0, end)); !ok) return std::unexpected(ok.error());
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return reader.take();
}

}  // namespace hearsay::tor
