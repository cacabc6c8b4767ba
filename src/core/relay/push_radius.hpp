// core/relay/push_radius.hpp - how far from where an item entered the network a node wants copies
// pushed to it that it has not asked for, over one link.
//
// A copy that is asked for costs a round trip more than one that simply comes. Near where an item
// entered, nearly nobody has it yet: a copy pushed there is rarely a duplicate and spares the flood
// its first round trips. How near is near depends on the size of the network, which nobody knows.
// So each node measures, for each link: it wants copies that come fewer than hops() hops, counts
// what this link pushed though another had brought it, tries one hop more while that is below the
// link's part of duplicates_few_percent, goes back above its part of duplicates_many_percent
// (push_radius.cpp), and then waits four times as long before it tries again. Each link is judged
// by its own copies: a peer that pushes what we hold turns off what it is to push itself, and no
// other peer's. The parts are equal, so all links together keep to the same bounds.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hearsay::core {

class PushRadius {
public:
    std::uint32_t hops() const { return hops_; }
    // Each: true if hops() changed. `links`: that push to us, this one among them.
    bool on_delivered(std::size_t links);  // an item came that was new, over any link
    bool on_duplicate(std::size_t links);  // this link pushed a copy, and another one had come

private:
    bool settle(std::size_t links);
    void move(std::uint32_t hops);
    std::uint32_t hops_ = 1;
    std::uint32_t delivered_ = 0;  // since hops() changed, or since patience_most looks
    std::uint32_t duplicates_ = 0;
    std::uint32_t looks_ = 0;
    std::uint32_t patience_ = 2;  // looks before trying one hop more
};

}  // namespace hearsay::core
