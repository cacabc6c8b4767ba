// sim/first_bytes.hpp - the hash of ids in tables that are looked into and never walked, so that no
// effect depends on it. Ids are hashes or keys already: their first bytes do.
#pragma once

#include "base/bytes.hpp"

namespace hearsay::sim {

struct FirstBytes {
    template <std::size_t N, class Tag>
    std::size_t operator()(const base::FixedBytes<N, Tag>& id) const {
        std::size_t out = 0;
        for (std::size_t i = 0; i < sizeof out; ++i) out = out << 8 | id.data[i];
        return out;
    }
};

}  // namespace hearsay::sim
