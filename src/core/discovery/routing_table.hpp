// core/discovery/routing_table.hpp - Kademlia's table of contacts around our own node id.
// Maymounkov and Mazieres, "Kademlia: A Peer-to-peer Information System Based on the XOR Metric"
// (IPTPS 2002), sections 2.2 (buckets), 2.3 (refresh) and 4.1 (replacement caches).
//
// Rules, in order:
//   1. A node id is the SHA-256 of the onion key. Bucket i holds contacts whose id differs from
//      ours first in bit i, counted from the least significant: bucket 255 is half of all ids,
//      bucket 0 one.
//   2. A bucket holds up to k contacts, least recently seen first.
//      A contact that is seen again moves to the end.
//   3. A new contact enters at the end if there is room. Otherwise it waits at the end of the
//      bucket's replacement cache (of at most k, the oldest falls out), and the least recently seen
//      contact is to be pinged, one at a time in each bucket: if it answers it moves to the end, if
//      not the newest of the cache takes its place. Whoever is told to ping says what came of it
//      (on_proved or on_failed): until then the bucket names nobody else. One of the cache that
//      cannot be dialled is forgotten.
//   4. A contact that does not answer goes if something waits to replace it. Otherwise it stays, is
//      not told to others any more, and goes after stale_tries_max failures in a row: a network
//      that is gone for a while must not empty the table.
//   5. A bucket in whose range nothing was looked up for bucket_refresh is to be refreshed: the
//      buckets that matter are those from the nearest occupied one outward. One that was never
//      looked up is due at once, so that a look-up of ourselves and then of what is due make the
//      paper's join.
// Deviations from the paper, with their reasons:
//   - No STORE and no FIND_VALUE: nothing is placed by distance, so that nobody can choose an id to
//     hold somebody's data.
//   - Only contacts that we dialled ourselves and that proved their key enter (the paper: whoever
//     sends anything). An onion address costs nothing; being there to be dialled is the least that
//     a contact has to do.
// No I/O, no clock, no randomness but an argument. closest() is exact, and walks no bucket it does
// not need: with d = self XOR target, first the buckets whose bit is set in d from the highest
// down, then the others from the lowest up; all of a bucket is nearer than all of the next. A peer
// is found by its id in its bucket, k at most.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "base/ids.hpp"
#include "base/limits/discovery.hpp"
#include "base/rng.hpp"
#include "base/time.hpp"

namespace hearsay::core {

base::NodeId node_id_of(const base::PeerId& peer);
// XOR; as a big-endian number, so that ids in order of distance are in order of nearness.
base::NodeId distance(const base::NodeId& a, const base::NodeId& b);
// Whether a is nearer to the target than b.
bool is_closer(const base::NodeId& target, const base::NodeId& a, const base::NodeId& b);

class RoutingTable {
public:
    static constexpr std::size_t buckets = 256;

    explicit RoutingTable(const base::PeerId& self);

    // We dialled it and it proved its key, or it answered.
    // Returns whom to ping because the bucket is full.
    std::optional<base::PeerId> on_proved(const base::PeerId& peer);
    // It could not be dialled, or did not answer.
    void on_failed(const base::PeerId& peer);
    // Banned or removed; the newest of the cache takes its place.
    void erase(const base::PeerId& peer);

    // The contacts nearest to `target` that did not fail when last tried, nearest first,
    // at most `most`.
    std::vector<base::PeerId> closest(const base::NodeId& target, std::size_t most) const;
    bool contains(const base::PeerId& peer) const;  // in a bucket, not in a cache
    // Whether there is room for it in its bucket; false for a contact that is there already and for
    // ourselves.
    bool has_room(const base::PeerId& peer) const;
    std::size_t size() const { return size_; }
    std::size_t bucket_size(std::size_t bucket) const;
    std::size_t bucket_of(const base::NodeId& id) const;  // not of our own
    const base::NodeId& self() const { return self_; }

    // Something in this bucket's range was looked up.
    void on_looked_up(const base::NodeId& target, base::MonoTime now);
    // The bucket looked up longest ago, if that was bucket_refresh or more ago.
    std::optional<std::size_t> bucket_to_refresh(base::MonoTime now) const;
    // When bucket_to_refresh() will next name one; base::never while the table is empty.
    base::MonoTime next_refresh() const;
    base::NodeId random_id_in(std::size_t bucket, base::Rng& rng) const;

    // Recomputes what is kept beside the buckets, and ends the process if it differs.
    void sanity_check() const;

private:
    // The bits of a node id, or one for each bucket; word 0 has the lowest.
    using Bits = std::array<std::uint64_t, 4>;
    struct Contact {
        base::NodeId id;
        base::PeerId peer;
        std::uint32_t failures = 0;  // in a row
    };
    struct Bucket {
        std::vector<Contact> contacts;  // least recently seen first
        std::vector<Contact> waiting;  // the replacement cache, oldest first; only of a full bucket
        std::optional<base::NodeId> pinged;
    };

    static Bits bits_of(const base::NodeId& id);
    // total: callers resized or asked find_bucket()
    Bucket& bucket(std::size_t number) { return buckets_[buckets - 1 - number]; }
    const Bucket* find_bucket(std::size_t number) const;
    std::optional<base::PeerId> wait_for_room(Bucket& bucket, const Contact& contact);
    void remove(std::size_t number, std::size_t position);
    void append_nearest(const Bucket& bucket, const base::NodeId& target, std::size_t most,
                        std::vector<base::PeerId>& out) const;
    std::size_t nearest_occupied() const;  // `buckets` if none is
    base::MonoTime looked_up(std::size_t number) const;

    const base::NodeId self_;
    const Bits self_bits_;
    // From bucket 255 downward, as far as there was anything:
    // in a network of N nodes about log2(N) are occupied.
    std::vector<Bucket> buckets_;
    std::vector<base::MonoTime> looked_up_;  // likewise
    Bits occupied_{};
    std::size_t size_ = 0;
};

}  // namespace hearsay::core
