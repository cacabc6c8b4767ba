// core/discovery/candidates.hpp - addresses that others told us of and that we have not dialled
// yet.
//
// Onion addresses cost nothing and have no prefixes that mean anything, so what tells candidates
// apart is who told us of them. (Bitcoin's "new" table does the same with network groups; Heilman
// et al., "Eclipse Attacks on Bitcoin's Peer-to-Peer Network", USENIX Security 2015, says why.)
// Rules, in order:
//   1. Each candidate is filed under each source that named it in answer to a question of ours.
//      Nodes that came to us unasked share one source, `newcomers`: whoever makes a thousand keys
//      and calls has one source, too.
//   2. A source has at most candidates_per_source_max; beyond, a random one of the same source
//      goes. So a source displaces its own candidates and nobody else's.
//   3. At most candidate_sources_max sources, newcomers among them; for one more a random other one
//      goes with what only it knew. newcomers stays.
//      A source of which no candidate is left is none.
//   4. choose() draws a source first and one of its candidates second: a source that names many has
//      no more weight than one that names few.
//   5. A candidate that cannot be dialled goes after candidate_tries_max failures; until then it is
//      tried again only after a pause that the caller keeps.
// What changes is kept through effects (KeepCandidate, DropCandidate).
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "base/flat_map.hpp"
#include "base/limits/discovery.hpp"
#include "base/rng.hpp"
#include "core/effects.hpp"

namespace hearsay::core {

class Candidates {
public:
    // The source of those that came by themselves.
    static constexpr base::PeerId newcomers{};

    explicit Candidates(base::Rng rng);

    // at start, from the store; beyond the limits it is ignored
    void restore(const Candidate& candidate);
    void add(const base::PeerId& peer, const base::PeerId& source, base::WallTime now,
             Effects& out);
    // It is known better now, or not wanted: gone from all sources.
    void erase(const base::PeerId& peer, Effects& out);
    // A try failed; after too many it goes.
    void on_failed(const base::PeerId& peer, Effects& out);

    // A random source, then a random candidate of it among those that fit;
    // other sources if none of it does.
    std::optional<base::PeerId> choose(const std::function<bool(const base::PeerId&)>& fits);

    bool contains(const base::PeerId& peer) const;
    std::size_t size() const { return peers_.size(); }  // different ones
    std::size_t sources() const { return sources_.size(); }
    // Recomputes how many sources name each, and ends the process if it differs.
    void sanity_check() const;

private:
    struct Standing {
        std::uint32_t sources = 0;   // that named it
        std::uint32_t failures = 0;  // since it was named first
    };
    // In order, so that a random place in it does not depend on who was named when.
    using Peers = std::vector<base::PeerId>;

    void insert(const base::PeerId& peer, const base::PeerId& source);
    void forget(const base::PeerId& peer, const base::PeerId& source, Effects& out);
    void drop_random(const base::PeerId& source, Effects& out);
    void drop_random_source(Effects& out);

    base::Rng rng_;
    base::FlatMap<base::PeerId, Peers> sources_;
    std::map<base::PeerId, Standing> peers_;
};

}  // namespace hearsay::core
