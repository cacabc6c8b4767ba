// store/known_peers.hpp - core::KnownPeer records in Table::peers.
// Layout: peer id[32] -> version[1] = 1, manual[1], added[5], last seen[5] (times as in store/lmdb.hpp).
#pragma once

#include <vector>

#include "base/error.hpp"
#include "core/effects.hpp"
#include "market/keep.hpp"

namespace hearsay::store {

void keep_peer(market::Keep& keep, const core::KnownPeer& peer);
void drop_peer(market::Keep& keep, const base::PeerId& peer);
// In order of peer id. `corrupt` if a record cannot be read: own things are never skipped silently.
base::Result<std::vector<core::KnownPeer>> known_peers(const market::Keep& keep);

}  // namespace hearsay::store
