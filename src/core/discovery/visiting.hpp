// core/discovery/visiting.hpp - whom we go to see and ask. A *visit* is a short link over which one
// question is asked; it introduces us to whom we visit, since the question is for what is near our
// own id (docs/protocol.md, "Finding peers").
//
// Rules, in order (1 to 6 are linking.hpp's, 7 is lookups.hpp's):
//   8. Candidates near our own id (introductions.hpp).
//   9. Contacts that did not answer, and proved peers that fell out of the table: a network that
//      was gone comes back. Each after a pause that doubles with its failures (dials.hpp).
//  10. While we are eager - the table is small or links are few - any candidate for whose bucket
//      there is room, up to visits_max at once; if there is none, contacts are asked again. Later
//      one now and then (a *feeler*), or a contact that the table wants pinged: feeler_wait while
//      there is somebody to fill a bucket with, then feeler_rest.
//  11. Each visit asks for what is near our own id.
//  12. With nobody to ask, a bootstrapper is visited. It is an address to ask, and no more.
//  13. Buckets without a look-up for an hour are refreshed over open links only: that costs no
//      circuit.
#pragma once

#include <algorithm>
#include <optional>

#include "core/discovery/dials.hpp"
#include "core/discovery/introductions.hpp"
#include "core/discovery/questions.hpp"
#include "core/discovery/settings.hpp"

namespace hearsay::core {

class Visiting {
public:
    Visiting(const DiscoverySettings& settings, Book& book, Introductions& introductions,
             Dials& dials, Questions& questions, base::Rng& rng)
        : settings_(settings),
          book_(book),
          introductions_(introductions),
          dials_(dials),
          questions_(questions),
          rng_(rng) {}

    void on_network_ready(base::Now now);
    // Somebody may be there to be visited; matters to who is busy.
    void wake(base::Now now);
    // Others name peers that are new to us: asking on brings something.
    void on_introduced() { asked_again_ = 0; }

    void look_around(const DialRound& round);   // whether we are eager; before the others
    void visit_bootstrapper(DialRound& round);  // rule 12
    void send_visits(DialRound& round);         // rules 8 to 11
    void refresh(DialRound& round);             // rule 13
    base::MonoTime next_deadline() const {
        return std::min({visit_at_, bootstrap_at_, refresh_at_});
    }
    bool is_eager() const { return eager_; }

private:
    std::optional<base::PeerId> choose(DialRound& round);
    std::optional<base::PeerId> choose_near(DialRound& round);
    std::optional<base::PeerId> choose_lost(DialRound& round);
    std::optional<base::PeerId> choose_feeler(DialRound& round);
    std::optional<base::PeerId> choose_ping(DialRound& round);
    std::optional<base::PeerId> contact_near(const base::NodeId& anywhere,
                                             const DialRound& round) const;
    void ask_again(DialRound& round);

    const DiscoverySettings& settings_;
    Book& book_;
    Introductions& introductions_;
    Dials& dials_;
    Questions& questions_;
    base::Rng& rng_;
    bool eager_ = false;
    bool growing_ = false;          // the last feeler had a bucket to fill
    std::uint32_t bootstraps_ = 0;  // in vain
    std::uint32_t asked_again_ = 0;
    base::MonoTime visit_at_;
    base::MonoTime bootstrap_at_;
    base::MonoTime ask_again_at_;
    base::MonoTime refresh_at_ = base::never;
};

}  // namespace hearsay::core
