// tor/version.hpp - what `hearsayd --version` says about the Tor that is linked in.
#pragma once

#include <string>

namespace hearsay::tor {
std::string tor_version();       // "0.4.9.11"
std::string libevent_version();  // "2.1.12-stable"
}  // namespace hearsay::tor
