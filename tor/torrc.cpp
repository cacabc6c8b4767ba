#include "tor/torrc.hpp"

#include <algorithm>
#include <sys/un.h>

#include "base/ensure.hpp"
#include "base/limits/links.hpp"

namespace hearsay::tor {
namespace {

using base::ErrorCode;
using base::fail;

constexpr std::size_t socket_path_max = sizeof(sockaddr_un::sun_path) - 1;

// A link is one stream on a circuit; an injection is one more. Whoever opens this many on one
// circuit is no Hearsay node, and loses the circuit.
constexpr int streams_per_circuit_max = 8;

// INTRODUCE2 cells a second that an introduction point passes on. Honest demand is a few a
// minute (64 inbound links that live for hours); the burst lets a restarted network come back.
constexpr int introductions_per_second = 10;
constexpr int introductions_burst = 100;

class Text {
public:
    void line(std::string_view option, std::string_view value) {
        text_.append(option).append(" ").append(value).append("\n");
    }
    void line(std::string_view option, int value) { line(option, std::to_string(value)); }
    std::string take() { return std::move(text_); }

private:
    std::string text_ =
        "# Written by hearsayd at every start of Tor; changes are lost.\n"
        "# Lines of your own belong into a file that hearsayd reads; it says which of them may be "
        "set.\n";
};

bool absolute(std::string_view path) {
    return path.starts_with('/') && path.find('\0') == std::string_view::npos;
}

base::Result<void> check_directory(std::string_view what, std::string_view path) {
    if (absolute(path)) return {};
    return fail(ErrorCode::invalid, std::string(what) + " must be an absolute path");
}

// Stands unquoted in the middle of a value, so it is checked instead of escaped. Our own paths
// through /proc/self/fd always pass.
base::Result<void> check_socket_path(std::string_view what, std::string_view path) {
    if (!absolute(path))
        return fail(ErrorCode::invalid, std::string(what) + " must be an absolute path");
    if (path.size() > socket_path_max)
        return fail(ErrorCode::invalid, std::string(what) +
                                            " is longer than a socket path may be (" +
                                            std::to_string(socket_path_max) + " bytes)");
    const bool plain = std::all_of(path.begin(), path.end(), [](unsigned char c) {
        return c > 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '#';
    });
    if (!plain)
        return fail(ErrorCode::invalid,
                    std::string(what) + " holds a character that Tor would not read");
    return {};
}

void write_client(const TorrcSettings& settings, Text& out) {
    out.line("DataDirectory", quote_value(settings.data_directory));
    out.line("ClientOnly", 1);
    out.line("AvoidDiskWrites", 1);
    out.line("ControlPort", 0);
    out.line("__OwningControllerFD", settings.control_fd);
    out.line("SocksPort",
             "unix:" + settings.socks_path + " IsolateSOCKSAuth ExtendedErrors OnionTrafficOnly");
    out.line("Log", "notice stdout");
    // The file of countries serves only path restrictions by country and is not installed with
    // libtor.
    out.line("GeoIPFile", "");
    out.line("GeoIPv6File", "");
    if (!settings.network_enabled) out.line("DisableNetwork", 1);
}

void write_onion_service(const TorrcSettings& settings, Text& out) {
    out.line("HiddenServiceDir", quote_value(settings.onion_directory));
    out.line("HiddenServicePort",
             std::to_string(base::limits::onion_port) + " unix:" + settings.onion_path);
    out.line("HiddenServiceExportCircuitID", "haproxy");
    out.line("HiddenServiceMaxStreams", streams_per_circuit_max);
    out.line("HiddenServiceMaxStreamsCloseCircuit", 1);
    out.line("HiddenServiceEnableIntroDoSDefense", 1);
    out.line("HiddenServiceEnableIntroDoSRatePerSec", introductions_per_second);
    out.line("HiddenServiceEnableIntroDoSBurstPerSec", introductions_burst);
    out.line("HiddenServicePoWDefensesEnabled", 1);
}

// Bridges and transports come from options of ours and pass the same gate as the user's file.
base::Result<void> write_bridges(const TorrcSettings& settings, Text& out) {
    std::string lines;
    for (const std::string& bridge : settings.bridges) {
        if (bridge.find_first_of("\r\n") != std::string::npos)
            return fail(ErrorCode::invalid, "a bridge must be one line");
        lines += "Bridge " + bridge + "\n";
    }
    for (const std::string& transport : settings.transports) {
        if (transport.find_first_of("\r\n") != std::string::npos)
            return fail(ErrorCode::invalid, "a transport must be one line");
        lines += "ClientTransportPlugin " + transport + "\n";
    }
    const base::Result<std::vector<ConfigLine>> checked =
        parse_extra_lines(lines, "bridges and transports");
    if (!checked) return std::unexpected(checked.error());
    if (!settings.bridges.empty()) out.line("UseBridges", 1);
    for (const ConfigLine& line : *checked) out.line(line.option, line.value);
    return {};
}

}  // namespace

std::string quote_value(std::string_view value) {
    std::string out = "\"";
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20 || byte == 0x7f) {
            out += '\\';
            out += static_cast<char>('0' + (byte >> 6));
            out += static_cast<char>('0' + ((byte >> 3) & 7));
            out += static_cast<char>('0' + (byte & 7));
        } else {
            out += c;
        }
    }
    return out + '"';
}

base::Result<std::string> make_torrc(const TorrcSettings& settings) {
    ENSURE(settings.control_fd >= 0, "Tor's child always inherits its control socket");
    if (auto ok = check_directory("Tor's data directory", settings.data_directory); !ok)
        return std::unexpected(ok.error());
    if (auto ok = check_socket_path("the SOCKS socket", settings.socks_path); !ok)
        return std::unexpected(ok.error());

    Text out;
    write_client(settings, out);
    if (!settings.onion_directory.empty()) {
        if (auto ok = check_directory("the onion directory", settings.onion_directory); !ok)
            return std::unexpected(ok.error());
        if (auto ok = check_socket_path("the onion socket", settings.onion_path); !ok)
            return std::unexpected(ok.error());
        write_onion_service(settings, out);
    }
    if (auto ok = write_bridges(settings, out); !ok) return std::unexpected(ok.error());
    for (const ConfigLine& line : settings.extra) out.line(line.option, line.value);
    return out.take();
}

}  // namespace hearsay::tor
