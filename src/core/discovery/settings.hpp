// core/discovery/settings.hpp - what the user may set about whom we look for and link with.
#pragma once

#include <vector>

#include "base/ids.hpp"
#include "base/limits/links.hpp"

namespace hearsay::core {

struct DiscoverySettings {
    std::size_t degree = base::limits::degree_default;                    // outbound links wanted
    std::size_t min_connections = base::limits::min_connections_default;  // with fewer we are eager
    std::size_t max_connections = base::limits::max_connections_default;  // links in all
    bool discover =
        true;  // off: only pinned peers are dialled, and nobody is asked or told of anybody
    bool trust_age = true;  // linking.hpp, rule 3; off only to measure what it is worth
    std::vector<base::PeerId> bootstrappers;
};

}  // namespace hearsay::core
