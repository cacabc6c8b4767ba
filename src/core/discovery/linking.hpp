// core/discovery/linking.hpp - to whom we keep outbound links, over which items flood.
//
// Rules, in order, while fewer than `degree` outbound links stand or are being made:
//   1. Friends: peers that the user added. For them a link of rule 4 goes if there is no room.
//   2. Anchors: two outbound links of long standing in the last run, dialled first after a restart.
//   3. Long-tried peers: first proved long_tried_age ago or more, at most long_tried_of_eight of
//      each eight. What an attacker cannot make in an afternoon is age (docs/decisions/0009).
//   4. Random ones, half from the candidates (a random source first), half from the book.
//   5. A peer that failed is tried again when its next try is due (book.hpp). So is a pinned peer:
//      its failures only cost time. A link that lasted lasting_link forgives earlier
//      failures.
//   6. Every few hours one link of rule 4 is ended, so that who we are linked to does not depend on
//      one day for ever.
// With `discover` off there is only rule 1.
#pragma once

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "core/discovery/dials.hpp"
#include "core/discovery/introductions.hpp"
#include "core/discovery/settings.hpp"

namespace hearsay::core {

class Linking {
public:
    Linking(const DiscoverySettings& settings, Book& book, Introductions& introductions,
            Dials& dials, base::Rng& rng)
        : settings_(settings),
          book_(book),
          introductions_(introductions),
          dials_(dials),
          rng_(rng) {}

    void restore_anchor(const base::PeerId& peer) { anchors_.push_back(peer); }
    void forget(const base::PeerId& peer) { std::erase(anchors_, peer); }
    void on_network_ready(base::Now now);
    // A place may be free, or somebody may be there for one.
    void wake(base::Now now) { fill_at_ = std::min(fill_at_, now.mono); }
    // A link with `peer` is over, by somebody's fault or without.
    void on_link_ended(PeerState& peer, const EndedLink& ended, base::Now now);

    void fill(DialRound& round);            // rules 1 to 5
    void rotate(DialRound& round);          // rule 6
    void choose_anchors(DialRound& round);  // for the next run
    base::MonoTime fill_at() const { return fill_at_; }
    base::MonoTime next_change() const { return std::min(rotate_at_, anchors_at_); }

private:
    std::optional<std::pair<base::PeerId, LinkKind>> choose(const DialRound& round);
    std::optional<base::PeerId> choose_pinned(const DialRound& round);
    std::optional<base::PeerId> choose_random(const DialRound& round);
    std::optional<base::PeerId> choose_of_book(const DialRound& round, bool aged);
    void make_way_for_pinned(DialRound& round);
    base::MonoTime next_fill(const DialRound& round) const;

    const DiscoverySettings& settings_;
    Book& book_;
    Introductions& introductions_;
    Dials& dials_;
    base::Rng& rng_;
    std::vector<base::PeerId> anchors_;  // of the last run
    base::MonoTime fill_at_;
    base::MonoTime rotate_at_ = base::never;
    base::MonoTime anchors_at_ = base::never;
};

}  // namespace hearsay::core
