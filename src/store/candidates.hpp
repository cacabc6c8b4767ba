// store/candidates.hpp - core::Candidate records in Table::candidates.
//
// source[32], peer[32] -> version[1] = 1, heard[5] (as in store/lmdb.hpp). All zero as the source:
// it came by itself. What lies here is hearsay: a record that cannot be read is no loss, is
// skipped, and is named so that it can be erased.
#pragma once

#include <vector>

#include "core/effects.hpp"
#include "market/own_store.hpp"

namespace hearsay::store {

void keep_candidate(market::OwnStore& store, const core::Candidate& candidate);
void drop_candidate(market::OwnStore& store, const core::DropCandidate& gone);

struct StoredCandidates {
    std::vector<core::Candidate> candidates;  // in order of source and peer
    std::vector<base::Bytes> damaged;         // keys
};
StoredCandidates candidates(const market::OwnStore& store);

}  // namespace hearsay::store
