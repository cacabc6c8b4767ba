// tor/torrc.hpp - writes the configuration that our Tor child runs with.
//
// Rules:
//   1. Sockets are Unix sockets only. Tor opens no TCP port: control is the inherited descriptor,
//      SOCKS and the onion service lie in a directory that only the user can enter.
//   2. SOCKS answers only for onion addresses: nothing of ours can leave through an exit, and no
//      name is looked up. Isolation by user name and password is what keeps links unlinkable.
//   3. Paths of the user stand in Tor's quoted form (C escapes), so that no byte in a directory
//      name can end the line. Socket paths stay below 108 bytes because they go through an
//      inherited descriptor, see child.hpp.
//   4. The onion service is defended: introduction DoS defence, proof of work, few streams a
//      circuit, and circuit ids exported (HAProxy's PROXY line) so that limits hold per circuit.
//   5. Lines of the user come last and only through parse_extra_lines (extra_lines.hpp).
// No I/O: same settings, same text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "tor/extra_lines.hpp"

namespace hearsay::tor {

struct TorrcSettings {
    std::string data_directory;   // absolute; Tor's own files
    std::string onion_directory;  // absolute; holds the key files. Empty: no onion service
    std::string socks_path;       // as the child reaches it, absolute, below 108 bytes
    std::string onion_path;       // where the onion service delivers its streams; same rules
    int control_fd = -1;
    bool network_enabled = true;  // false: Tor runs and connects nowhere

    // Values of "Bridge" lines, as bridge operators hand them out ("obfs4 192.0.2.1:443 ..."), and
    // of "ClientTransportPlugin" ("obfs4 exec /usr/bin/obfs4proxy"). A plugin is a program of the
    // user's choice that listens on loopback: the one exception to rule 1.
    std::vector<std::string> bridges;
    std::vector<std::string> transports;

    std::vector<ConfigLine> extra;
};

// Errors: invalid, when a path is relative or a socket path too long, or a bridge is no single
// line.
base::Result<std::string> make_torrc(const TorrcSettings& settings);

// Tor's quoted form of any bytes: "..." with \" \\ and octal escapes.
std::string quote_value(std::string_view value);

}  // namespace hearsay::tor
