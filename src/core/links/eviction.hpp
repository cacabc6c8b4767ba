// core/links/eviction.hpp - who has to go when somebody comes and all inbound places are taken.
// After Bitcoin Core's node/eviction (Heilman et al., USENIX Security 2015, countermeasures),
// without network groups: onion addresses have none.
//
// A pure function of what is known of the links. A peer that connects can choose its key and its
// moment. It cannot choose, all at once, our secret, its round trip beside others', what news it
// brought, and how long ago it came. So, in order:
//   1. pinned peers never go
//   2. evict_protected each stay: the lowest by a keyed hash of their key; the quickest to answer a
//      ping; those that last brought us something new
//   3. of the rest the longer connected half stays
//   4. among those left goes the youngest that we never dialled ourselves; if there is none,
//      the youngest
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/ids.hpp"
#include "base/time.hpp"

namespace hearsay::core {

struct InboundLink {
    base::LinkId link;
    bool is_pinned = false;
    bool proved = false;  // answered a dial of ours, now or earlier
    std::uint64_t keyed = 0;
    base::MonoTime since;
    base::Millis round_trip{0};  // the quickest; zero: not known yet
    base::MonoTime last_news;    // zero: never
};

// Nothing if all are protected.
std::optional<base::LinkId> choose_evicted(std::vector<InboundLink> links);

}  // namespace hearsay::core
