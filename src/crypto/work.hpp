// crypto/work.hpp - proof of work: SHA-256("hearsay pow v1" 0x00 || id || nonce as 8 bytes
// big-endian).
//
// The first 8 bytes of the hash, read big-endian, must be less than 2^64 / trials, so `trials`
// is the expected number of hashes. trials = 0 and 1 are always met.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "base/ids.hpp"

namespace hearsay::crypto {

bool work_is_enough(const base::ItemId& id, std::uint64_t nonce, std::uint64_t trials);
// The same in two steps, for who asks about several numbers of trials: the first 8 bytes, and
// whether they are enough.
std::uint64_t work_head(const base::ItemId& id, std::uint64_t nonce);
bool head_is_enough(std::uint64_t head, std::uint64_t trials);
// Tries nonces from `start` on. Nothing when `cancelled` became true (looked at every few
// thousand hashes). `tried`, if given, counts the hashes for a progress figure.
std::optional<std::uint64_t> find_work(const base::ItemId& id, std::uint64_t trials,
                                       std::uint64_t start, const std::atomic<bool>& cancelled,
                                       std::atomic<std::uint64_t>* tried = nullptr);

}  // namespace hearsay::crypto
