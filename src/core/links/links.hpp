// core/links/links.hpp - who is connected, who is to be dialled, and who stays.
//
// Rules, in order:
//   1. A link opens with one Hello each way; ours goes out at once. Another protocol or network
//      ends it (wrong_protocol), anything else before Hello is frame_unexpected, none within
//      hello_wait is silent.
//   2. No link to oneself. One link per pair: when both sides dialled at about the same time, the
//      link that the smaller key dialled stays, because both compute that alike. Otherwise - both
//      dialled by the same side, or the older is older than crossing_dials_max - the newer stays,
//      because the older is a corpse that has not noticed.
//   3. Inbound at most inbound_links_max, of which at most anonymous_links_max without a
//      certificate. An anonymous link hands over a few items and goes: nothing is flooded to
//      it, and after anonymous_stay it is ended.
//   4. A proved peer that committed a fault of Cost::link is not let in and not dialled for ban_wait.
//   5. Known peers are dialled until outbound_links_max, each again after redial_first,
//      doubling to redial_most, with jitter so that a network does not redial in step, and in
//      random order. A try gives up after dial_wait_first, doubling to dial_wait: a circuit to a
//      peer that just died hangs for ever and a fresh one works at once (decision 0005), while on a
//      slow line patience grows until it suffices. A link that lasted lasting_link forgives earlier failures.
//   6. An idle link is pinged every ping_interval; no answer in pong_wait ends it (silent).
// Time offsets of peers' Hellos only ever make a warning for the user (clock_offset()).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/flat_map.hpp"
#include "base/rng.hpp"
#include "core/effects.hpp"
#include "core/messages.hpp"

namespace hearsay::core {

struct LinkState {
    std::optional<base::PeerId> peer;
    bool outbound = false;
    base::MonoTime since;
    base::MonoTime last_heard;
    std::optional<base::MonoTime> hello_at;   // when theirs came
    std::optional<std::uint64_t> ping_nonce;  // waiting for this pong
    base::MonoTime ping_sent;
    base::Seconds clock_offset{0};  // theirs minus ours
    std::size_t items_received = 0;
    std::uint64_t our_nonce = 0;  // as in the Hellos
    std::uint64_t their_nonce = 0;

    bool greeted() const { return hello_at.has_value(); }
    bool anonymous() const { return !peer.has_value(); }
};

struct PeerState {
    KnownPeer known;
    std::uint32_t failures = 0;  // tries since the last success
    base::MonoTime next_try;
    bool dialling = false;
    std::string last_error;
};

class Links {
public:
    Links(base::PeerId self, item::Network network, base::Rng rng);

    void restore(const KnownPeer& peer);  // at start, from the store
    void set_network_ready(bool ready);

    // False: the link is refused and its end is among `out`.
    bool on_link_up(base::LinkId link, const std::optional<base::PeerId>& peer, bool outbound, base::Now now,
                    Effects& out);
    void on_link_down(base::LinkId link, const std::optional<base::Fault>& fault, base::Now now,
                      Effects& out);
    void on_dial_failed(const base::PeerId& peer, const std::optional<base::Fault>& fault,
                        const std::string& why, base::Now now, Effects& out);
    // Hello, Ping and Pong. Something wrong with them is a fault for the caller to punish().
    std::optional<base::Fault> on_hello(base::LinkId link, const Hello& hello, base::Now now, Effects& out);
    void on_ping(base::LinkId link, const Ping& ping, Effects& out);
    std::optional<base::Fault> on_pong(base::LinkId link, const Pong& pong);
    void on_heard(base::LinkId link, base::Now now);

    void add_peer(const base::PeerId& peer, bool manual, base::Now now, Effects& out);
    void remove_peer(const base::PeerId& peer, Effects& out);

    // Counts the fault; ends the link if the fault's cost says so.
    void punish(base::LinkId link, base::Fault fault, base::Now now, Effects& out);
    void on_timer(base::Now now, Effects& out);
    base::MonoTime next_deadline(base::Now now) const;

    const LinkState* find(base::LinkId link) const;
    LinkState* find(base::LinkId link);
    // In order of LinkId; a link that is being ended is not in it any more.
    const base::FlatMap<base::LinkId, LinkState>& all() const { return links_; }
    const std::map<base::PeerId, PeerState>& peers() const { return peers_; }
    std::optional<base::LinkId> link_of(const base::PeerId& peer) const;
    bool is_banned(const base::PeerId& peer, base::Now now) const;
    // Median of greeted peers' offsets, if at least three are known.
    std::optional<base::Seconds> clock_offset() const;
    std::size_t count(bool outbound) const;  // identified links

private:
    void drop(base::LinkId link, std::optional<base::Fault> fault, Effects& out);
    bool room_for(const std::optional<base::PeerId>& peer, bool outbound) const;
    bool settle_duplicate(base::LinkId link, const base::PeerId& peer, bool outbound, base::Now now,
                          Effects& out);
    void back_off(PeerState& peer, base::Now now);
    void ban(const base::PeerId& peer, base::Now now);

    const base::PeerId self_;
    const item::Network network_;
    base::Rng rng_;
    bool network_ready_ = false;
    base::FlatMap<base::LinkId, LinkState> links_;
    std::map<base::PeerId, PeerState> peers_;
    std::map<base::PeerId, base::MonoTime> banned_until_;  // at most banned_peers_max
};

}  // namespace hearsay::core
