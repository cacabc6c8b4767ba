// market/publications/views.hpp - how far a thing that somebody published got.
#pragma once

#include <cstdint>

namespace hearsay::market {

// Ours, in order: its work is made; it waits to be handed to another node; it was, and is not heard
// yet; it came back. Live: somebody else's.
enum class PublicationState { working, queued, injected, published, removed, expired, live };
// How far a thing of ours got.
struct Spread {
    std::uint32_t injected = 0;  // times that it was handed to another node
    std::uint32_t heard = 0;     // peers that it was heard back from
    bool operator==(const Spread&) const = default;
};

}  // namespace hearsay::market
