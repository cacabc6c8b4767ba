// store/known_peers.hpp - core::KnownPeer records in Table::peers.
//
// peer id[32] -> version[1] = 2, flags[1] (1: pinned by the user, 2: an anchor), added[5], first
//                proved[5], last seen[5], banned until[5], why it was banned (UTF-8, the rest);
//                times as in store/lmdb.hpp
// Version 1, still read: version[1] = 1, pinned[1], added[5], last seen[5]. Whether such a peer
// ever answered a dial of ours was not kept, so it has not proved itself; it is pinned, and is
// dialled. A record is written as version 2 when something about its peer changes.
#pragma once

#include <vector>

#include "base/error.hpp"
#include "core/effects.hpp"
#include "market/own_store.hpp"

namespace hearsay::store {

void keep_peer(market::OwnStore& store, const core::KnownPeer& peer);
void drop_peer(market::OwnStore& store, const base::PeerId& peer);
// In order of peer id. `corrupt` if a record cannot be read: own things are never skipped silently.
base::Result<std::vector<core::KnownPeer>> known_peers(const market::OwnStore& store);

}  // namespace hearsay::store
