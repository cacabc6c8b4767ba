// sim/kademlia.hpp - a model of Kademlia storage, to compare our full replication with. Not code of
// ours under test and not a network: Maymounkov and Mazieres, "Kademlia" (2002), sections 2.3 and
// 2.5, with what is assumed in its favour:
//   1. Routing is perfect and takes no time: a lookup knows the k online nodes closest (XOR)
//      to the key.
//   2. A value is stored at the k closest online nodes.
//      It is found if one of the k closest online now has it.
//   3. Each holder stores it again, at the k closest then, an hour after it last got it (spread
//      over ten minutes, so that the first to do so saves the others the work).
//   4. A node that leaves keeps what it holds and serves it again when it returns;
//      one that is lost does not.
//   5. Values have versions, and who is offered an older one answers with its own (BEP 44): a
//      holder learns of an update at the latest when it stores again, if one of the closest knows
//      it.
//   6. Somebody looks for each value `lookups_an_hour` times an hour. The lookup goes through nodes
//      that share ever longer prefixes with the key, takes the first version met, and leaves it at
//      the last node that had none. Such a cached copy lives for 24 h, halved for every k nodes
//      closer to the key.
// Nodes come and go with those of the run that it watches.
#pragma once

#include <vector>

#include "base/ids.hpp"
#include "base/rng.hpp"

namespace hearsay::sim {

class KademliaModel {
public:
    static constexpr base::Millis store_again{3'600'000};
    static constexpr base::Millis store_again_spread{600'000};
    static constexpr base::Millis cache_most{24 * 3'600'000LL};
    static constexpr std::uint64_t usual_lookups = 6;

    KademliaModel(std::size_t k, std::vector<base::PeerId> nodes, base::Rng rng,
                  std::uint64_t lookups_an_hour = usual_lookups);

    void set_online(std::uint32_t node, bool online) { online_[node] = online; }
    void lose(std::uint32_t node);
    // A new value, or the next version of one; `name` is what it is stored under.
    void publish(std::uint32_t value, const base::ItemId& name, base::MonoTime now);
    // Once a minute.
    void tick(base::MonoTime now);

    // Share of the values that a lookup now finds.
    double found_share() const;
    // For each copy that an update made old: how long its node went on serving it, ms; those that
    // still do at `now` count until then.
    std::vector<std::uint32_t> stale(base::MonoTime now) const;
    std::size_t copies(std::uint32_t value) const { return values_[value].copies.size(); }

private:
    struct Copy {
        std::uint32_t node = 0;
        std::uint32_t version = 0;
        bool cached = false;
        base::MonoTime again;  // when it stores again; of a cached one: when it ends
    };
    struct Value {
        base::ItemId name;
        std::vector<base::MonoTime> versions;  // when each was published
        std::vector<Copy> copies;
    };
    std::vector<std::uint32_t> closest(const base::ItemId& name) const;
    static Copy* copy_at(Value& value, std::uint32_t node);
    void put(Value& value, std::uint32_t node, std::uint32_t version, base::MonoTime now);
    void store_at_closest(Value& value, std::uint32_t version, base::MonoTime now);
    void end_stale(const Value& value, const Copy& copy, base::MonoTime now);
    void look_up(Value& value, base::MonoTime now);

    const std::size_t k_;
    const std::vector<base::PeerId> nodes_;
    base::Rng rng_;
    const std::uint64_t lookups_an_hour_;  // at most 60
    std::vector<bool> online_;
    std::vector<Value> values_;
    std::vector<std::uint32_t> stale_;
};

}  // namespace hearsay::sim
