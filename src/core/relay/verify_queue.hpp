// core/relay/verify_queue.hpp - whose items the workers check next, when they cannot keep up.
//
// Checking a signature costs 50 us, so a few links that send all they can would have everybody's
// items wait behind theirs. Rules:
//   1. verify_jobs_max items are with the workers at a time. Nearly always that is all there is.
//   2. The others wait in lanes: one for each link, and one for all links that only pass. The lanes
//      are served by bytes, each as much as any other (start-time fair queueing: Goyal, Vin and
//      Cheng, SIGCOMM 1996, with one weight): a lane that was idle is next, one that floods waits
//      for itself.
//   3. In a lane more work goes first (item/standing.hpp), then who came first.
//   4. When nothing more may wait, the longest lane's last gives way, if that is not the newcomer's
//      own place: a flood drops its own.
// Complexity: logarithmic, but linear in the lanes for whom to serve or drop; at most 255.
#pragma once

#include <map>
#include <optional>
#include <set>

#include "core/store_view.hpp"

namespace hearsay::core {

class VerifyQueue {
public:
    void add(const base::ItemId& id, Pile lane, item::Level level, std::size_t bytes);
    // Which is to be checked now; it waits no more. Nothing: none waits.
    std::optional<base::ItemId> take();
    // Makes room for one more of `lane`, if another lane is longer: which one goes.
    std::optional<base::ItemId> drop_for(Pile lane);
    void erase(const base::ItemId& id);

    bool contains(const base::ItemId& id) const { return waiting_.contains(id); }
    std::size_t size() const { return waiting_.size(); }
    void sanity_check() const;

private:
    struct Place {
        item::Level level = 0;
        std::uint64_t number = 0;  // of arrival
        base::ItemId id;
        bool operator<(const Place& other) const {
            return level != other.level ? level > other.level : number < other.number;
        }
    };
    struct Waiting {
        Pile lane = pile_visitors;
        Place place;
        std::size_t bytes = 0;
    };
    struct Lane {
        std::set<Place> places;
        std::uint64_t start = 0;  // when it is its turn, in bytes served to every lane
    };

    std::map<Pile, Lane> lanes_;  // kept while empty: a lane's start is its memory
    std::map<base::ItemId, Waiting> waiting_;
    std::uint64_t served_ = 0;  // to the lane served last, when it began
    std::uint64_t numbers_ = 0;
};

}  // namespace hearsay::core
