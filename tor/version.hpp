// tor/version.hpp - what `hearsayd --version` says about the Tor that is linked in.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hearsay::tor {
std::string tor_version();       // "0.4.9.11"
std::string libevent_version();  // "2.1.12-stable"

// What a consensus says of clients' versions (dir-spec, section 3.4.1).
struct ConsensusVersions {
    std::string valid_after;               // "2026-11-30 12:00:00"
    std::vector<std::string> recommended;  // oldest first
};
// Of the text's beginning, as Tor keeps it. Nothing if it names no versions or no time.
std::optional<ConsensusVersions> consensus_versions(std::string_view text);

}  // namespace hearsay::tor
