// core/relay/early.hpp - how far from where an item entered the network a node wants copies pushed to it
// that it has not asked for.
//
// A copy that is asked for costs a round trip more than one that simply comes. Near where an item entered,
// nearly nobody has it yet: a copy pushed there is rarely a duplicate and spares the flood its first round trips.
// How near is near depends on the size of the network, which nobody knows. So each node measures: it
// wants copies of fewer than level() hops, counts what came twice because of it, tries one hop more while
// that is below duplicates_few, goes back above duplicates_many, and then waits four times as long before
// it tries again.
#pragma once

#include <cstdint>

namespace hearsay::core {

class Early {
public:
    std::uint32_t level() const { return level_; }  // hops
    // Each: true if level() changed.
    bool on_delivered();
    bool on_duplicate();  // a pushed copy came, and another one

private:
    bool settle();
    void move(std::uint32_t level);
    std::uint32_t level_ = 1;
    std::uint32_t delivered_ = 0;  // since the level changed, or since patience_most looks
    std::uint32_t duplicates_ = 0;
    std::uint32_t looks_ = 0;
    std::uint32_t patience_ = 2;  // looks before trying one hop more
};

}  // namespace hearsay::core
