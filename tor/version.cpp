#include "tor/version.hpp"

#include <algorithm>

#include <event2/event.h>

extern "C" {
#include <tor_api.h>
}

#include "tor/status.hpp"

namespace hearsay::tor {

std::string tor_version() {
    // "tor 0.4.9.11"
    const std::string provider = tor_api_get_provider_version();
    const std::size_t blank = provider.find(' ');
    return blank == std::string::npos ? provider : provider.substr(blank + 1);
}

std::string libevent_version() {
    return event_get_version();
}

std::optional<ConsensusVersions> consensus_versions(std::string_view text) {
    constexpr std::string_view valid_after = "valid-after ", versions = "client-versions ";
    constexpr std::size_t time_characters = 19;
    ConsensusVersions out;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (line.starts_with("dir-source ")) break;  // of the authorities, and then of relays
        if (line.starts_with(valid_after)) out.valid_after = line.substr(valid_after.size());
        if (line.starts_with(versions))
            out.recommended = recommended_versions(line.substr(versions.size()));
    }
    const bool plain = std::ranges::all_of(out.valid_after, [](char c) {
        return (c >= '0' && c <= '9') || c == '-' || c == ':' || c == ' ';
    });
    if (out.recommended.empty() || out.valid_after.size() != time_characters || !plain)
        return std::nullopt;
    return out;
}

}  // namespace hearsay::tor
