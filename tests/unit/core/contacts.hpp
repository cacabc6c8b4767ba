// unit/core/contacts.hpp - a routing table and peers of any of its buckets.
#pragma once

#include <doctest/doctest.h>

#include "base/limits/discovery.hpp"
#include "core/discovery/routing_table.hpp"
#include "unit/item/samples.hpp"

namespace hearsay::core {

namespace limits = base::limits;
using base::NodeId;
using base::PeerId;

inline constexpr std::size_t k = limits::bucket_contacts_max;

inline PeerId peer(std::uint32_t number) {
    return samples::numbered<PeerId>(number);
}

// The highest bit that differs, looked for one by one.
inline std::size_t bucket_by_bits(const NodeId& a, const NodeId& b) {
    for (std::size_t bit = 256; bit-- > 0;) {
        const std::uint8_t mask = static_cast<std::uint8_t>(1U << bit % 8);
        if ((a.data[31 - bit / 8] & mask) != (b.data[31 - bit / 8] & mask)) return bit;
    }
    return 256;
}

struct Table {
    const PeerId own = peer(0);
    RoutingTable table{own};
    base::Rng rng{samples::filled<base::Secret>(7)};

    // Different peers of one bucket, the same ones each time.
    std::vector<PeerId> peers_in(std::size_t bucket, std::size_t count) const {
        std::vector<PeerId> out;
        for (std::uint32_t number = 1; out.size() < count; ++number)
            if (bucket_by_bits(node_id_of(own), node_id_of(peer(number))) == bucket)
                out.push_back(peer(number));
        return out;
    }
    // Full, first seen first; returned with `more` that are not in it.
    std::vector<PeerId> fill(std::size_t bucket, std::size_t more) {
        const auto peers = peers_in(bucket, k + more);
        for (std::size_t at = 0; at < k; ++at) REQUIRE_FALSE(table.on_proved(peers[at]));
        return peers;
    }
    NodeId random_id() {
        NodeId id;
        rng.fill(id);
        return id;
    }
    bool tells(const PeerId& wanted) const {
        const auto told = table.closest(node_id_of(wanted), 1);
        return !told.empty() && told.front() == wanted;
    }
};

}  // namespace hearsay::core
