// core/discovery/dials.hpp - who is being dialled and for what, which links came of it, and who may
// be dialled now.
//
//   1. A peer is dialled once at a time; one LinkUp or DialFailed answers each Dial.
//   2. A try has patience dial_wait_first, doubling with the peer's failures to dial_wait: a
//      circuit to a peer that just died hangs for ever and a fresh one works at once (decision
//      0005), while on a slow line patience grows until it suffices.
//   3. Who failed is not visited for candidate_pause_first, doubling to candidate_pause_most; a
//      peer that proved its key once, to lost_pause_most.
//   4. Not visited: ourselves, who is banned or shunned, who pauses, who is being dialled, who is
//      visited, and who has an outbound link. Who dialled us may be visited: only so do we learn
//      that others can reach it.
//   5. Not linked: as for a visit, but a pause does not count (a link has its own next_try), and
//      any link with it does.
#pragma once

#include <map>
#include <optional>

#include "base/rng.hpp"
#include "core/discovery/book.hpp"

namespace hearsay::core {

// What we dial for: a link that stays, or to ask and go.
enum class DialPurpose : std::uint8_t { link, visit };
// By which rule of linking.hpp an outbound link was made.
enum class LinkKind : std::uint8_t { pinned, anchor, long_tried, random };

// One on_timer(): what all who choose whom to dial look at, and where what they want goes.
struct DialRound {
    base::Now now;
    Links& links;
    Effects& out;
};

class Dials {
public:
    Dials(base::PeerId self, const Book& book) : self_(self), book_(book) {}

    bool may_visit(const base::PeerId& peer, const DialRound& round) const;
    bool may_link(const PeerState& peer, const DialRound& round) const;
    void visit(const base::PeerId& peer, DialRound& round);
    void link(const base::PeerId& peer, LinkKind kind, DialRound& round);

    // An outbound link is up. What it was dialled for; nothing: it is not wanted any more.
    std::optional<DialPurpose> on_dialled(base::LinkId link, const base::PeerId& peer);
    // False: it was forgotten meanwhile.
    bool on_failed(const base::PeerId& peer) { return dials_.erase(peer) > 0; }
    // Banned or removed: a link that comes of it is not wanted.
    void forget(const base::PeerId& peer) { dials_.erase(peer); }
    void on_link_gone(base::LinkId link);

    void pause(const base::PeerId& peer, base::Now now, base::Rng& rng);  // it failed
    void end_pause(const base::PeerId& peer) { paused_.erase(peer); }  // its failures are forgotten
    void end_all_pauses() { paused_.clear(); }
    // It may be tried now; if that fails, its next pause is as much longer.
    void interrupt_pause(const base::PeerId& peer, base::MonoTime now);
    // The earliest end of a pause after `now`; base::never if there is none.
    base::MonoTime next_pause_end(base::MonoTime now) const;

    std::optional<DialPurpose> purpose_of(const base::PeerId& peer) const;
    bool is_dialling(const base::PeerId& peer) const { return dials_.contains(peer); }
    bool is_visit(base::LinkId link) const { return visits_.contains(link); }
    const std::map<base::LinkId, LinkKind>& kinds() const { return kinds_; }
    // Of links that are there or being made.
    std::size_t count(LinkKind kind) const;
    std::size_t links_being_made() const;
    std::size_t visits_under_way() const;

private:
    struct UnderWay {
        DialPurpose purpose = DialPurpose::link;
        LinkKind kind = LinkKind::random;
    };
    struct Pause {
        base::MonoTime until;
        std::uint32_t failures = 0;
    };
    void dial(const base::PeerId& peer, UnderWay what, DialRound& round);

    const base::PeerId self_;
    const Book& book_;
    std::map<base::PeerId, UnderWay> dials_;
    std::map<base::LinkId, LinkKind> kinds_;       // outbound links that are no visits
    std::map<base::LinkId, base::PeerId> visits_;  // outbound visits
    std::map<base::PeerId, Pause> paused_;         // at most paused_peers_max
};

}  // namespace hearsay::core
