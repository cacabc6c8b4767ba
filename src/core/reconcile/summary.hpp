// core/reconcile/summary.hpp - a few bytes that say what a whole store holds, kept up to date item
// by item so that comparing two equal stores costs nothing at any size. docs/protocol.md,
// "Comparing".
//
//   sum       the ids, as 256-bit numbers, added modulo 2^256. Ids are SHA-256 values already. An
//             XOR would be linear: 257 ids ground by anybody cancel any other. Against a sum
//             somebody can still search for two groups of items with the same sum (Wagner's
//             generalized birthday:
//             about 2^28 hashes for groups of 256), and a hash that withstands this too is 2 KiB
//             wide and costs microseconds an item (LtHash). So equality by summary is taken as
//             likely, and checked by keyed symbols now and then (recheck_one_in): who wants to hide
//             items between two nodes must keep them from flooding *and* survives a few minutes.
//   counters  an AMS sketch: each id counts +1 or -1 in one of 24 counters modulo 256. The squared
//             differences of two stores' counters add up to about the number of ids in only one of
//             them, give or take a third. Somebody may grind ids that count together and make us
//             ask for too many symbols: bounded by symbols_per_frame_max, worth nothing.
#pragma once

#include <array>
#include <optional>

#include "base/ids.hpp"

namespace hearsay::core {

struct SetDigestTag;
using SetDigest = base::FixedBytes<16, SetDigestTag>;

class SetSummary {
public:
    static constexpr std::size_t counters_size = 24;
    using Counters = std::array<std::uint8_t, counters_size>;

    // Each id once: the summary cannot know.
    void add(const base::ItemId& id);
    void remove(const base::ItemId& id);
    // All of another's ids, none of which is here already; and the other way round.
    void add(const SetSummary& other);
    void remove(const SetSummary& other);

    std::uint64_t count() const { return count_; }
    const Counters& counters() const { return counters_; }
    // SHA-256(tag "hearsay set v1", count as 8 bytes, sum as 32 bytes), its first 16 bytes.
    SetDigest digest() const;

    // count (8), sum (32), counters (24): as stores keep it.
    static constexpr std::size_t bytes_size = 8 + 32 + counters_size;
    base::Bytes bytes() const;
    static std::optional<SetSummary> from(base::ByteView bytes);

    bool operator==(const SetSummary&) const = default;

private:
    using Sum = std::array<std::uint64_t, 4>;  // most significant first
    static Sum sum_of(const base::ItemId& id);
    void add(const Sum& terms);
    void remove(const Sum& terms);
    void count(const base::ItemId& id, bool add);
    std::uint64_t count_ = 0;
    Sum sum_{};
    Counters counters_{};
};

// About how many ids are in exactly one of two sets with these counters and sizes.
std::uint64_t estimated_difference(const SetSummary::Counters& a, std::uint64_t a_count,
                                   const SetSummary::Counters& b, std::uint64_t b_count);

}  // namespace hearsay::core
