// core/discovery/book.hpp - whom we know by our own experience, and which of them the routing table
// holds.
//
//   1. Into the book comes who answered a dial of ours with its key (it is *proved*), and whom the
//      user named. What is kept of it is written with KeepPeer and DropPeer.
//   2. A proved peer is offered to the routing table (routing_table.hpp) as well. Whom the table
//      wants pinged before it decides is remembered until a dial of it succeeds or fails.
//   3. At most known_peers_max peers. For one more, of those that are neither pinned nor anchors
//      nor banned nor in the table the one not seen for longest goes; then one of the table. If
//      only the first three kinds are left, the new one does not come in.
//   4. A ban is the user's word, or what follows from faults (core/links/scores.hpp). Faults never
//      ban a pinned peer: the user knows who that is. A banned peer is in no table.
//   5. A peer that could not be linked with is tried again after redial_first, then after twice
//      that, redial_steady times more after as long, doubling to redial_most. Each at a random
//      moment of the latter half.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "base/rng.hpp"
#include "core/discovery/routing_table.hpp"
#include "core/effects.hpp"
#include "core/links/links.hpp"

namespace hearsay::core {

struct PeerState {
    KnownPeer known;
    std::uint32_t failures = 0;    // to link with it, since the last link that lasted
    std::uint32_t unanswered = 0;  // dials in a row, for whatever
    base::MonoTime next_try;       // of a link
    std::string last_error;

    bool is_proved() const { return known.first_proved != base::WallTime{}; }
    // Proved for the first time limits::long_tried_age ago or earlier.
    bool is_long_known(base::WallTime now) const;
    bool is_banned(base::WallTime now) const { return known.banned_until > now; }
};

class Book {
public:
    explicit Book(base::PeerId self) : self_(self), table_(self) {}

    void restore(const KnownPeer& peer);  // at start, from the store
    // The network was away: whoever did not answer had no chance to.
    void forgive_all();

    const std::map<base::PeerId, PeerState>& peers() const { return peers_; }
    const PeerState* find(const base::PeerId& peer) const;
    PeerState* find(const base::PeerId& peer);
    const RoutingTable& table() const { return table_; }
    RoutingTable& table() { return table_; }
    const std::set<base::PeerId>& pings() const { return pings_; }  // wanted by the table
    // Of a key that may be in the book or not.
    Ties ties(const base::PeerId& peer) const;
    bool is_banned(const base::PeerId& peer, base::WallTime now) const;
    bool is_long_known(const base::PeerId& peer, base::WallTime now) const;

    // Makes an entry for one that has none; null if there is no room.
    PeerState* enter(const base::PeerId& peer, base::Now now, Effects& out);
    // It answered a dial of ours with its key. The table hears of it by on_answered().
    static void prove(PeerState& peer, base::Now now, Effects& out);
    // It is there, says a dial or an answer: the table has it, or a ping is wanted first.
    void on_answered(const base::PeerId& peer);
    // A dial of it failed. What it was wanted for by the table is settled by that.
    void on_failed(PeerState& peer, const std::string& why, base::Now now, base::Rng& rng);
    void back_off(PeerState& peer, base::Now now, base::Rng& rng) const;
    void drop_ping(const base::PeerId& peer) { pings_.erase(peer); }
    // Its faults were too many, and it is no pinned peer.
    void ban_for(PeerState& peer, base::Fault fault, base::Now now, Effects& out);
    void ban(PeerState& peer, base::Seconds how_long, const std::string& reason, base::Now now);
    static void lift_ban(PeerState& peer);
    // False if it was not there.
    bool erase(const base::PeerId& peer, Effects& out);
    // Exactly these are anchors.
    void mark_anchors(const std::function<bool(const base::PeerId&)>& is_anchor, Effects& out);

    // Recomputes what is kept twice, and ends the process if it differs: nobody is in the table who
    // is not in the book and proved, and no bucket miscounts.
    void sanity_check() const;

private:
    bool make_room(Effects& out);

    const base::PeerId self_;
    std::map<base::PeerId, PeerState> peers_;  // at most known_peers_max
    RoutingTable table_;
    std::set<base::PeerId> pings_;
};

}  // namespace hearsay::core
