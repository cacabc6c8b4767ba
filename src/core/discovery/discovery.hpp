// core/discovery/discovery.hpp - whom we know, whom we dial, and how we come to know more. What it
// decides is decided in its parts; here is what happens to a node, and which part hears of it.
// Why it is so: docs/design.md, "Finding peers"; on the wire: docs/protocol.md, "Finding peers".
//
// Three circles. *Candidates* are names that others told us (introductions.hpp). *The book* holds
// peers by our own experience: they answered a dial of ours with their key, or the user named them;
// it is kept on disk (book.hpp). *The routing table* (routing_table.hpp) is the part of the book
// that Kademlia's questions are answered from.
//
//   rules 1 to 6    to whom we keep links, over which items flood           linking.hpp
//   rule 7          which ids we look up, and when                          lookups.hpp
//   rules 8 to 13   whom we visit, to ask and to be known                   visiting.hpp
//   who may be dialled at all, and how patiently                            dials.hpp
//   what we asked, and which answers count                                  questions.hpp
//
// Told to others: the 20 contacts nearest to what they ask for, without times; how many questions a
// link may ask is in links/budgets.hpp.
// With `discover` off only pinned peers are dialled, nobody is asked and nobody is told of anybody.
// Each turn the parts are asked in the order of on_timer(): what costs no circuit may make what
// costs one unnecessary, and links come before visits.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "core/discovery/linking.hpp"
#include "core/discovery/lookups.hpp"
#include "core/discovery/visiting.hpp"

namespace hearsay::core {

class Discovery {
public:
    Discovery(base::PeerId self, DiscoverySettings settings, base::Rng rng);
    Discovery(const Discovery&) = delete;  // its parts know each other by reference
    Discovery& operator=(const Discovery&) = delete;

    void restore(const KnownPeer& peer);  // at start, from the store
    void restore(const Candidate& candidate);
    void set_network_ready(bool ready, base::Now now);

    // An outbound link is up. What it was dialled for; nothing: it is not wanted any more.
    std::optional<DialPurpose> on_dialled(base::LinkId link, const base::PeerId& peer);
    void on_link_refused(base::LinkId link, const base::PeerId& peer, base::Now now);  // after all
    void on_dial_failed(const base::PeerId& peer, const std::string& why, base::Now now,
                        Effects& out);
    // Its Hello came and it stays.
    void on_greeted(base::LinkId link, const LinkState& state, base::Now now, Effects& out);
    void on_link_ended(const EndedLink& ended, base::Now now, Effects& out);
    // By a fault that showed after its link's end.
    void on_banned(const base::PeerId& peer, base::Fault fault, base::Now now, Effects& out);
    void on_find(base::LinkId link, const LinkState& state, const Find& find, Effects& out);
    // True: it was all that this visit was for.
    bool on_contacts(base::LinkId link, const Contacts& contacts, base::Now now, Effects& out);

    // The user's words.
    void add_peer(const base::PeerId& peer, bool pinned, base::Now now, Effects& out);
    void remove_peer(const base::PeerId& peer, base::Now now, Effects& out);
    void ban_peer(const base::PeerId& peer, base::Seconds how_long, const std::string& reason,
                  base::Now now, Effects& out);
    void unban_peer(const base::PeerId& peer, base::Now now, Effects& out);
    // an address from the settings
    void suggest(const base::PeerId& peer, base::Now now, Effects& out);
    void look_up(const base::NodeId& target) { lookups_.want(target); }  // answered by LookedUp

    void on_timer(base::Now now, Links& links, Effects& out);
    base::MonoTime next_deadline() const;

    // For status, and for handing own items to somebody.
    const std::map<base::PeerId, PeerState>& peers() const { return book_.peers(); }
    const RoutingTable& table() const { return book_.table(); }
    const Candidates& candidates() const { return introductions_.candidates(); }
    const DiscoverySettings& settings() const { return settings_; }
    Ties ties(const base::PeerId& peer) const { return book_.ties(peer); }
    // By the user, or kept from an earlier run.
    bool is_banned(const base::PeerId& peer, base::WallTime now) const {
        return book_.is_banned(peer, now);
    }
    bool is_long_known(const base::PeerId& peer, base::WallTime now) const {
        return book_.is_long_known(peer, now);
    }
    std::optional<DialPurpose> dialling(const base::PeerId& peer) const {
        return dials_.purpose_of(peer);
    }
    std::optional<LinkKind> kind_of(base::LinkId link) const;
    bool is_searching() const { return lookups_.is_running() || visiting_.is_eager(); }
    void sanity_check() const;  // of all parts

private:
    PeerState* enter(const base::PeerId& peer, base::Now now, Effects& out);
    void prove(const base::PeerId& peer, base::Now now, Effects& out);
    void fail(const base::PeerId& peer, const std::string& why, base::Now now, Effects& out);
    void on_introduced(const base::PeerId& peer, base::Now now);
    void forget_link(base::LinkId link);
    void expire_questions(DialRound& round);
    void advance_lookups(DialRound& round);
    void wake(base::Now now);

    const base::PeerId self_;
    const DiscoverySettings settings_;
    base::Rng rng_;
    bool network_ready_ = false;
    Book book_;
    Introductions introductions_;
    Dials dials_;
    Questions questions_;
    Lookups lookups_;
    Linking linking_;
    Visiting visiting_;
};

}  // namespace hearsay::core
