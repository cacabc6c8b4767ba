// bench/supply.hpp - items to measure with: offers of 600 bytes as they travel (header, payload,
// signature, nonce), each by a fresh persona, all of them drawn from one seed.
//
// Signed ones are exactly what hearsayd makes but for the proof of work: their nonce is 0, because
// the work for one takes tens of milliseconds by design. Unsigned ones carry a random signature and
// are for filling stores, where nobody looks at it any more.
#pragma once

#include "base/rng.hpp"
#include "item/item.hpp"
#include "item/make.hpp"

namespace hearsay::bench {

// The network in which ids flood without work: items of the supply carry none (35 ms each).
inline constexpr item::Network bench_network = item::Network::sim;
inline constexpr std::size_t item_bytes = 600;

// The seed of everything: `what` keeps the draws of different uses apart.
base::Rng rng_for(std::uint64_t seed, std::uint64_t what);

class Supply {
public:
    // `now`: items are created at it or before and are alive then.
    Supply(base::Rng rng, base::WallTime now) : rng_(std::move(rng)), now_(now) {}

    // Created in the last hour, to live one to fourteen days.
    item::Item signed_offer();
    // Of a store that has been filling for `of` items, evenly over six days: the `at`-th to come.
    item::ReadPtr unsigned_offer(std::uint64_t at, std::uint64_t of);
    // The same with this payload, of whatever size.
    item::ReadPtr unsigned_offer(std::uint64_t at, std::uint64_t of, base::Bytes payload);
    // Of this kind and this publisher, made now.
    item::ReadPtr unsigned_item(item::Kind kind, const base::PublisherKey& publisher,
                                const base::Slot& slot, base::Bytes payload);
    base::Rng& rng() { return rng_; }

private:
    item::ReadPtr unsigned_item(const item::Terms& terms, const item::Publication& made,
                                base::Bytes payload);
    base::Bytes payload(std::size_t size);

    base::Rng rng_;
    base::WallTime now_;
    std::size_t payload_bytes_ = 380;  // adapted until an item has item_bytes
};

}  // namespace hearsay::bench
