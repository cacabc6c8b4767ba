// core/links/scores.hpp - what faults cost a peer in the long run.
//
// Only faults of Cost::link count: being early, late, slow or gone is no crime, and nobody earns
// credit by behaving, because a patient attacker would save it up. Rules, in order:
//   1. Each fault adds one point. Points halve every score_half_life.
//   2. With a fault a peer is shunned - neither let in nor dialled - for ban_wait, doubling with
//      each further point: a bug on either side heals within a coffee break, a liar's tries cost it
//      more and more.
//   3. At about ban_score points - so many faults within some hours - it is banned: for ban_long,
//      and that is worth remembering across restarts.
// At most banned_peers_max peers are remembered; beyond, the one that is free again first is
// forgotten: with keys for nothing, whoever wants to be forgotten takes another key anyway.
#pragma once

#include <map>

#include "base/ids.hpp"
#include "base/time.hpp"

namespace hearsay::core {

class Scores {
public:
    // True: it is banned from now on (rule 3), and not only shunned.
    bool on_fault(const base::PeerId& peer, base::MonoTime now);
    void forgive(const base::PeerId& peer);

    bool is_shunned(const base::PeerId& peer, base::MonoTime now) const {
        return now < shunned_until(peer);
    }
    // Until when; the past if it is in good standing.
    base::MonoTime shunned_until(const base::PeerId& peer) const;
    double points(const base::PeerId& peer, base::MonoTime now) const;
    void sanity_check() const;  // ends the process if more is remembered than may be

private:
    struct Score {
        std::int64_t millipoints = 0;  // integers: every compiler halves them alike
        base::MonoTime at;             // of the last change
        base::MonoTime until;
    };
    static std::int64_t decayed(const Score& score, base::MonoTime now);
    Score& place_for(const base::PeerId& peer, base::MonoTime now);

    std::map<base::PeerId, Score> scores_;
};

}  // namespace hearsay::core
