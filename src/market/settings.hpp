// market/settings.hpp - what the user sets, and what all rooms of the market agree on.
#pragma once

#include "base/limits/person.hpp"
#include "base/time.hpp"

namespace hearsay::market {

struct MarketSettings {
    bool receipts = true;  // mail that came is acknowledged to its sender
    // Mail that came is removed from the network, and acknowledged, at a random time within these:
    // at once would tell onlookers when this person reads. 0: it is left to expire.
    base::Seconds remove_within{2 * 3600};
    base::Seconds receipt_within{60};
    // This node takes pictures from others; otherwise it publishes none (market/pictures).
    bool pictures = true;
    std::size_t inbox_max = base::limits::inbox_max;  // only tests give less
    // What lists hide is kept and passed on for others; else it is laid aside (Lists::hides()).
    bool keeps_hidden = true;
};

// How long what expired, of one's own, is still listed.
inline constexpr base::Seconds keep_expired = base::Seconds(30 * 24 * 3600);
// Letters of an id that name it, if no other begins with them.
inline constexpr std::size_t id_digits_min = 8;

}  // namespace hearsay::market
