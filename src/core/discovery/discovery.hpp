// core/discovery/discovery.hpp - whom we know, whom we dial, and how we come to know more.
// Why it is so: docs/design.md, "Finding peers"; on the wire: docs/protocol.md, "Finding peers".
//
// Three circles. *Candidates* are hearsay (candidates.hpp). *The book* holds peers by our own experience: they answered
// a dial of ours with their key, or the user named them; it is kept on disk. *The routing table* (routing_table.hpp) is the
// part of the book that Kademlia's questions are answered from.
//
// Links - to whom we flood - rules in order, while fewer than `degree` outbound links stand or are being made:
//   1. Friends: peers that the user added. For them a link of rule 4 goes if there is no room.
//   2. Anchors: two outbound links of long standing in the last run, dialled first after a restart.
//   3. Long-tried peers: first proved long_tried_age ago or more, at most
//      long_tried_of_eight of each eight of the degree. What an attacker cannot make in an afternoon
//      is age (docs/decisions/0009).
//   4. Random ones, half from the candidates (a random source first), half from the table.
//   5. A peer that failed is tried again after redial_first, doubling to redial_most, with jitter; a try has patience
//      dial_wait_first, doubling to dial_wait: a circuit to a peer that just died hangs for ever and a
//      fresh one works at once (decision 0005), while on a slow line patience grows until it suffices. A link that
//      lasted lasting_link forgives earlier failures.
//   6. Every few hours one link of rule 4 is ended, so that who we are linked to does not depend on one day for ever.
// Visits - short links over which one question is asked - rules in order:
//   7. A look-up for our own id when we first know somebody, and again a few times while the network is new to us
//      (lookup.hpp). It asks over an open link if there is one.
//   8. Candidates near our own id: they must know us, and we them, or nobody finds either.
//   9. Contacts that did not answer, and proved peers that fell out of the table: a network that was gone comes back.
//      Each after a pause that doubles with its failures.
//  10. While we are eager - the table is small or links are few - any candidate for whose bucket there is room, up to
//      visits_max at once; if there is none, contacts are asked again. Later one now and then (a feeler), or a
//      contact that the table wants pinged: feeler_wait while there is somebody to fill a bucket with, then feeler_rest.
//  11. Each visit asks for what is near our own id, and so introduces us.
//  12. With nobody to ask, a bootstrapper is visited. It is an address to ask, and no more.
//  13. Buckets without a look-up for an hour are refreshed over open links only: that costs no circuit.
// Told to others: the 20 contacts nearest to what they ask for, without times; how many questions a link may ask is
// in links/budgets.hpp. An answer without a question of ours is ignored: nobody fills our candidates unasked. Of those who come
// by themselves newcomers_burst at once are filed, and one more each find_every: each is a write to the disk.
// With `discover` off only friends are dialled, nobody is asked and nobody is told of anybody.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/limits/discovery.hpp"
#include "base/limits/links.hpp"
#include "core/discovery/candidates.hpp"
#include "core/discovery/lookup.hpp"
#include "core/discovery/routing_table.hpp"
#include "core/links/links.hpp"

namespace hearsay::core {

struct DiscoverySettings {
    std::size_t degree = base::limits::degree_default;                    // outbound links wanted
    std::size_t min_connections = base::limits::min_connections_default;  // with fewer we search eagerly
    std::size_t max_connections = base::limits::max_connections_default;  // links in all
    bool discover = true;
    bool trust_age = true;  // rule 3; off only to measure what it is worth
    std::vector<base::PeerId> bootstrappers;
};

// Why we dial: for a link that stays, or to ask and go.
enum class Errand : std::uint8_t { link, visit };
// By which rule an outbound link was made.
enum class Place : std::uint8_t { friendly, anchor, long_tried, random };

struct PeerState {
    KnownPeer known;
    std::uint32_t failures = 0;    // to link with it, since the last link that lasted
    std::uint32_t unanswered = 0;  // dials in a row, for whatever
    base::MonoTime next_try;       // of a link
    std::string last_error;
};

class Discovery {
public:
    Discovery(base::PeerId self, DiscoverySettings settings, base::Rng rng);

    void restore(const KnownPeer& peer);  // at start, from the store
    void restore(const Candidate& candidate);
    void set_network_ready(bool ready, base::Now now);

    // An outbound link is up. What it was dialled for; nothing: it is not wanted any more.
    std::optional<Errand> on_dialled(base::LinkId link, const base::PeerId& peer);
    void on_link_refused(base::LinkId link, const base::PeerId& peer, base::Now now);  // after all
    void on_dial_failed(const base::PeerId& peer, const std::string& why, base::Now now, Effects& out);
    Ties ties(const base::PeerId& peer) const;
    // By the user, or kept from an earlier run.
    bool is_banned(const base::PeerId& peer, base::WallTime now) const;
    // Proved for the first time limits::long_tried_age ago or earlier.
    bool is_long_known(const base::PeerId& peer, base::WallTime now) const;
    // Its Hello came and it stays.
    void on_greeted(base::LinkId link, const LinkState& state, base::Now now, Effects& out);
    void on_link_ended(const EndedLink& ended, base::Now now, Effects& out);
    void on_find(base::LinkId link, const LinkState& state, const Find& find, Effects& out);
    // True: it was all that this visit was for.
    bool on_contacts(base::LinkId link, const Contacts& contacts, base::Now now, Effects& out);

    // The user's words.
    void add_peer(const base::PeerId& peer, bool manual, base::Now now, Effects& out);
    void remove_peer(const base::PeerId& peer, base::Now now, Effects& out);
    void ban_peer(const base::PeerId& peer, base::Seconds how_long, const std::string& reason, base::Now now,
                  Effects& out);
    void unban_peer(const base::PeerId& peer, base::Now now, Effects& out);
    void suggest(const base::PeerId& peer, base::Now now, Effects& out);  // an address from the settings
    void look_up(const base::NodeId& target);                             // answered by LookedUp

    void on_timer(base::Now now, Links& links, Effects& out);
    base::MonoTime next_deadline() const;

    // For status, and for handing own items to somebody.
    const std::map<base::PeerId, PeerState>& peers() const { return peers_; }
    const RoutingTable& table() const { return table_; }
    const Candidates& candidates() const { return candidates_; }
    const DiscoverySettings& settings() const { return settings_; }
    std::optional<Errand> dialling(const base::PeerId& peer) const;
    std::optional<Place> place_of(base::LinkId link) const;
    bool is_searching() const { return lookup_.has_value() || eager_; }

private:
    struct DialUnderWay {
        Errand errand = Errand::link;
        Place place = Place::random;
    };
    struct Question {
        base::PeerId peer;
        base::MonoTime until;
        bool looks_up = false;
    };
    struct Pause {
        base::MonoTime until;
        std::uint32_t failures = 0;
    };
    // Of questions over a link, and of newcomers: so many at once, and one more each find_every.
    struct Budget {
        std::int64_t left;
        base::MonoTime at;
        bool take(std::int64_t most, base::MonoTime now);
    };

    // discovery.cpp: what happens, and what is kept of it
    PeerState* enter(const base::PeerId& peer, base::Now now, Effects& out);
    void prove(const base::PeerId& peer, base::Now now, Effects& out);
    void fail(const base::PeerId& peer, const std::string& why, base::Now now, Effects& out);
    void back_off(PeerState& peer, base::Now now);
    void keep(const PeerState& peer, Effects& out) const;
    bool make_room(Effects& out);
    void hear_of(const base::PeerId& peer, const base::PeerId& source, base::Now now, Effects& out);
    void note_near(const base::PeerId& peer);
    bool ask(base::LinkId link, const base::PeerId& peer, const base::NodeId& target, bool looks_up,
             base::Now now, Effects& out);
    void no_answer(const base::PeerId& peer);
    void forget_link(base::LinkId link);
    void wake(base::Now now);

    // dialling.cpp: rules 1 to 13 as they are due
    struct Round;  // one on_timer
    void fill(Round& round);
    std::optional<std::pair<base::PeerId, Place>> choose_link(Round& round);
    std::optional<base::PeerId> choose_random(Round& round);
    std::optional<base::PeerId> choose_of_book(Round& round, bool aged);
    std::optional<base::PeerId> choose_visit(Round& round);
    std::optional<base::PeerId> choose_lost(Round& round);
    std::optional<base::PeerId> choose_feeler(Round& round);
    void ask_again(Round& round);
    void make_way_for_friends(Round& round);
    void advance_lookup(Round& round);
    void begin_lookup(const base::NodeId& target, bool own);
    void send_visits(Round& round);
    void visit_bootstrapper(Round& round);
    void refresh(Round& round);
    void rotate(Round& round);
    void choose_anchors(Round& round);
    void expire_questions(Round& round);
    void dial(const base::PeerId& peer, DialUnderWay what, Round& round);
    bool may_visit(const base::PeerId& peer, const Round& round) const;
    bool may_link(const PeerState& peer, const Round& round) const;
    std::size_t count_places(Place place) const;
    base::MonoTime next_fill(const Round& round) const;
    std::size_t visits_under_way() const;

    const base::PeerId self_;
    const DiscoverySettings settings_;
    base::Rng rng_;
    bool network_ready_ = false;
    std::map<base::PeerId, PeerState> peers_;  // the book; at most known_peers_max
    RoutingTable table_;
    Candidates candidates_;
    std::vector<base::PeerId> anchors_;            // of the last run
    std::map<base::PeerId, DialUnderWay> dials_;   // each answered by one LinkUp or DialFailed
    std::map<base::LinkId, Place> places_;         // outbound links that are no visits
    std::map<base::LinkId, base::PeerId> visits_;  // outbound visits
    std::map<base::PeerId, Pause> paused_;         // who failed lately is not visited for a while
    std::map<base::NodeId, base::PeerId> near_;    // candidates to be visited, by distance to us; at most k
    std::set<base::PeerId> pings_;                 // contacts that the table wants pinged
    std::map<std::pair<base::LinkId, std::uint32_t>, Question> questions_;
    std::map<base::LinkId, Budget> asked_;  // by us
    Budget newcomers_{base::limits::newcomers_burst, {}};
    std::uint32_t next_question_ = 1;

    std::optional<Lookup> lookup_;
    bool own_lookup_ = false;
    bool lookup_due_ = false;                  // something came that may let it go on
    std::set<base::PeerId> lookup_waits_;      // for these to be reached
    std::deque<base::NodeId> wanted_lookups_;  // at most lookups_waiting_max
    std::uint32_t own_lookups_ = 0;            // done in this run

    bool eager_ = false;
    bool growing_ = false;          // the last feeler had a bucket to fill
    std::uint32_t bootstraps_ = 0;  // in vain
    std::uint32_t asked_again_ = 0;
    // When to look at each of these again.
    base::MonoTime fill_at_;
    base::MonoTime visit_at_;
    base::MonoTime own_lookup_at_;
    base::MonoTime bootstrap_at_;
    base::MonoTime ask_again_at_;
    base::MonoTime refresh_at_ = base::never;
    base::MonoTime rotate_at_ = base::never;
    base::MonoTime anchors_at_ = base::never;
};

}  // namespace hearsay::core
