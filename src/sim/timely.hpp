// sim/timely.hpp - what a run notes of each honest item's way, from its making to the last honest
// node, and what it prints of that.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "sim/oracle.hpp"

namespace hearsay::sim {

// An item that some node lacked when it was due.
struct LateItem {
    ItemNumber number = 0;
    std::uint32_t wanted = 0;            // nodes that should have had it then
    std::vector<std::uint32_t> lacking;  // those that had not
    std::string links;                   // of the first of these, as they were then
};

struct Timeliness {
    // that were alive when they were due, or everywhere at the end of the run
    std::uint64_t items = 0;
    std::uint64_t late = 0;
    // From an item's making to the last node, of all items that came to any; ms.
    std::uint64_t everywhere_t50_ms = 0;
    std::uint64_t everywhere_t99_ms = 0;
    std::uint64_t everywhere_most_ms = 0;
    std::vector<std::string> reasons;  // why an item was late, a sentence each; at most reasons_max

    static constexpr std::size_t reasons_max = 20;
    double share() const {
        return items == 0 ? 1.0 : 1.0 - static_cast<double>(late) / static_cast<double>(items);
    }
};

struct TimelyNotes {
    // What became of one injection.
    struct HandedOver {
        base::MonoTime at;
        std::uint32_t to = 0;
        bool came = false;  // false: nobody answered there
    };
    struct Way {
        std::vector<HandedOver> injections;
        base::MonoTime back;  // when its maker stored it; zero: not yet
        base::MonoTime last;  // when the last node stored it
        // from its making, or from the node's start if that was later
        std::uint32_t slowest_ms = 0;
        bool warm_up = false;
        bool judged = false;  // it was due, or over before
    };
    std::vector<Way> ways;  // by item number
    std::vector<LateItem> late;
    std::uint64_t items = 0;
};

}  // namespace hearsay::sim
