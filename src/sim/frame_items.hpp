// sim/frame_items.hpp - which items a frame carries, by number.
//
// A frame goes to many links and is looked at by several: its items are parsed and hashed once as
// long as it is among the last that were asked for.
#pragma once

#include <array>
#include <vector>

#include "core/effects.hpp"
#include "sim/oracle.hpp"

namespace hearsay::sim {

class FrameItems {
public:
    explicit FrameItems(const Oracle& oracle) : oracle_(oracle) {}

    // no_item for a copy that nobody made; none if it carries no items.
    const std::vector<ItemNumber>& in(const core::FramePtr& frame);
    // Copies, genuine or not, that are no warm-up and no attacker's.
    std::uint32_t counted_in(const core::FramePtr& frame);

private:
    struct Seen {
        core::FramePtr frame;
        std::vector<ItemNumber> items;
    };
    const Oracle& oracle_;
    std::array<Seen, 8> seen_;
    std::size_t next_ = 0;
    const std::vector<ItemNumber> none_;
};

}  // namespace hearsay::sim
