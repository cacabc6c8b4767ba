// core/discovery/node_lookup.hpp - one search for the nodes nearest to a target.
// Maymounkov and Mazieres (IPTPS 2002), section 2.3, over disjoint paths as Baumgart and Mies,
// "S/Kademlia: A Practicable Approach Towards Secure Key-Based Routing" (ICPADS 2007),
// section 4.4, have it.
//
// Rules, in order:
//   1. The nearest contacts that we know are dealt out to lookup_paths paths. A path asks the
//      nearest one it has heard of and that nobody has asked, one at a time: alpha = 3 questions
//      are under way. What a path's nodes answer stays in that path, and no node is asked by two: a
//      liar spoils one path, not the search.
//   2. A path ends when the lookup_settled nearest that it heard of, leaving out those that did not
//      answer, have been asked - by whichever path - or after lookup_asks_max questions.
//   3. What was found: the k nearest of all paths, without those that did not answer.
// Deviations from the paper, each measured in the simulator (docs/simulator.md): it ends when the
// lookup_settled nearest have answered and not all k, because over Tor each question to a stranger
// is a circuit and seconds; and no path waits for another.
// Pure: the caller asks, over an open link if there is one, and says what came.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "base/ids.hpp"
#include "base/limits/discovery.hpp"

namespace hearsay::core {

class NodeLookup {
public:
    // `start` nearest first.
    NodeLookup(const base::PeerId& self, const base::NodeId& target,
               const std::vector<base::PeerId>& start);

    // Whom to ask now; nothing while enough questions are under way, or when it is done.
    std::optional<base::PeerId> next();
    void on_answer(const base::PeerId& from, const std::vector<base::PeerId>& contacts);
    void on_no_answer(const base::PeerId& from);

    bool is_done() const;
    const base::NodeId& target() const { return target_; }
    // Nearest first, at most k.
    std::vector<base::PeerId> found() const;
    // Answers that it took, one after the other, to hear of the nearest one found;
    // 0 if we knew it before.
    std::uint32_t hops() const;
    std::uint32_t asked() const { return static_cast<std::uint32_t>(asked_.size()); }

private:
    enum class Answer : std::uint8_t { pending, came, none };
    struct Heard {
        base::PeerId peer;
        std::uint32_t hops = 0;
    };
    struct Path {
        // by distance to the target; at most lookup_heard_max, the nearest
        std::map<base::NodeId, Heard> heard;
        std::uint32_t asks = 0;
        bool waits = false;
    };
    void hear(Path& path, const base::PeerId& peer, std::uint32_t hops);
    // The nearest of a path that is to be asked; nothing if the path has ended.
    const Heard* wanted(const Path& path) const;
    Path* path_of(const base::PeerId& from);

    const base::PeerId self_;
    const base::NodeId target_;
    std::array<Path, base::limits::lookup_paths> paths_;
    struct Asked {
        std::size_t path = 0;
        std::uint32_t hops = 0;
        Answer answer = Answer::pending;
    };
    std::map<base::PeerId, Asked> asked_;
};

}  // namespace hearsay::core
