// app/node/versions.hpp - which versions this program is made of, and what Tor says of its own.
//
// Tor and OpenSSL are linked in: the system's upgrades do not reach them. Whether Tor is due, the
// consensus of Tor's directory authorities says. A running node is told by Tor itself
// (tor/status.hpp); `hearsayd --version` starts none and looks into the consensus that the last
// Tor kept.
#pragma once

#include <string>

#include "tor/status.hpp"

namespace hearsay::api {
class Status;
}

namespace hearsay::app {

// Own version and those of Tor, libevent, OpenSSL, LMDB and protobuf, one a line; where Tor and
// OpenSSL come from, too. Behind Tor what its directory says of it, if the data directory has that;
// an empty `data_dir`: nobody knows where that is. For a terminal of so many columns.
std::string version_text(const std::string& data_dir, std::size_t width);

// The fields about versions, and a warning where Tor is due.
void describe_versions(const tor::VersionStatus& tor, api::Status& out);

}  // namespace hearsay::app
