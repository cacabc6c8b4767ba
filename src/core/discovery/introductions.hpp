// core/discovery/introductions.hpp - what to believe of peers that others name.
//
// A name costs nothing, so it makes a *candidate* (candidates.hpp) and no more: only a dial of ours
// that it answers with its key brings it into the book (book.hpp). Rules, in order:
//   1. Not believed: our own key, one that the table holds, one that is banned, and one that we
//      know and that the table has no room for.
//   2. Whoever names a candidate is its source. Addresses from the settings are a source, too.
//   3. Who came to us by itself is a candidate as well, if it says that it can be dialled:
//      newcomers_burst at once, and one more each find_every. Each is a write to the disk.
//   4. Of those that are new to us the nearest to our own id are remembered (at most k): they must
//      know us and we them, or nobody finds either. visiting.hpp goes to see them first.
#pragma once

#include <map>

#include "base/token_bucket.hpp"
#include "core/discovery/book.hpp"
#include "core/discovery/candidates.hpp"

namespace hearsay::core {

class Introductions {
public:
    Introductions(base::PeerId self, base::Rng rng)
        : self_(self), self_id_(node_id_of(self)), candidates_(std::move(rng)) {}

    void restore(const Candidate& candidate, const RoutingTable& table);  // at start
    // True: nobody had named it, and it is a candidate from now on.
    bool on_named(const base::PeerId& peer, const base::PeerId& source, const Book& book,
                  base::Now now, Effects& out);
    // It came by itself. As on_named().
    bool on_newcomer(const base::PeerId& peer, const Book& book, base::Now now, Effects& out);
    // By the settings. As on_named().
    bool on_suggested(const base::PeerId& peer, const Book& book, base::Now now, Effects& out);

    // It was tried: nobody goes to see it only because it is near.
    void on_tried(const base::PeerId& peer);
    void on_failed(const base::PeerId& peer, Effects& out) { candidates_.on_failed(peer, out); }
    // It is known better now, or not wanted.
    void erase(const base::PeerId& peer, Effects& out) { candidates_.erase(peer, out); }

    const Candidates& candidates() const { return candidates_; }
    Candidates& candidates() { return candidates_; }
    // Candidates to be visited because they are near us, nearest first.
    const std::map<base::NodeId, base::PeerId>& near() const { return near_; }
    std::map<base::NodeId, base::PeerId>& near() { return near_; }

    void sanity_check() const;  // as Book's

private:
    void note_near(const base::PeerId& peer, const RoutingTable& table);

    const base::PeerId self_;
    const base::NodeId self_id_;
    Candidates candidates_;
    std::map<base::NodeId, base::PeerId> near_;  // by distance to us; at most k
    base::TokenBucket newcomers_;
};

}  // namespace hearsay::core
