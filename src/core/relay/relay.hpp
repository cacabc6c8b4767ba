// core/relay/relay.hpp - who hears of an accepted item. For now plain flooding: every greeted,
// identified link but those that brought it. Anonymous links hear nothing. An item of our own is relayed like
// any other once it came back (injection.hpp).
#pragma once

#include "core/links/links.hpp"
#include "core/relay/ingest.hpp"

namespace hearsay::core {

// How items spread. The tree is what nodes do; the others are there to compare it with, in the simulator.
enum class RelayMode {
    tree,
    flood,     // every copy over every link
    announce,  // ids over every link, the item on request
};

class Relay {
public:
    void on_accepted(const Accepted& accepted, const Links& links, Effects& out);
};

}  // namespace hearsay::core
