// core/links/links.hpp - who is connected, and who stays. Whom to dial is core/discovery's.
//
// Rules, in order:
//   1. A link opens with one Hello each way; ours goes out at once. Another protocol or network
//      ends it (wrong_protocol), anything else before Hello is frame_unexpected, none within
//      hello_wait is silent. At most ungreeted_links_max inbound ones wait for theirs: for one
//      more the oldest goes, pinned peers aside.
//   2. No link to oneself, and none with a peer that is shunned for its faults (scores.hpp).
//   3. A link that only passes - a visit, which says so in its Hello, or one without a certificate
//      - may ask a question or hand over a few items and goes. Nothing is flooded to it or compared
//      with it, it stands beside any other link of the same pair, and passing_stay after its Hello
//      it is ended. Visits have passing_links_max places and anonymous links as many, so that those
//      who ask and those who hand something over are not in each other's way. For one more of a
//      kind the oldest goes: it has had its time, and who fills the places fills them with its own.
//   4. Otherwise one link per pair: when both sides dialled at about the same time, the
//      link that the smaller key dialled stays, because both compute that alike. Otherwise - both
//      dialled by the same side, or the older is older than crossing_dials_max - the newer stays,
//      because the older is a corpse that has not noticed.
//   5. Inbound at most max_connections less degree. Of strangers and of proved peers - who answered
//      a dial of ours - either kind leaves inbound_reserved places to the other, and no stranger
//      takes the place of a proved peer. Who comes when there is no place takes that of the one
//      that eviction.hpp names; if it names none, the one who came goes. Friends always find a
//      place.
//   6. An idle link is pinged every ping_interval; no answer in pong_wait ends it (silent).
//   7. A fault that costs the link costs its peer all its links: who is kept out is kept out of
//      each. What is wrong with an item shows once it was verified, beside the link. So whose a
//      link was that brought items is remembered beyond its end, for the last faded_links_max:
//      who leaves before the verdict is kept out all the same. A link costs its peer one fault,
//      however many of its items are bad.
// Rules 3 to 5 are looked at when the Hello comes: only it tells what a link is for.
// Time offsets of peers' Hellos only ever make a warning for the user (clock_offset()).
#pragma once

#include <expected>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/flat_map.hpp"
#include "base/limits/links.hpp"
#include "base/limits/relay.hpp"
#include "base/rng.hpp"
#include "core/effects.hpp"
#include "core/links/budgets.hpp"
#include "core/links/eviction.hpp"
#include "core/links/scores.hpp"
#include "core/messages.hpp"

namespace hearsay::core {

// What discovery knows of a peer that matters when it comes.
struct Ties {
    bool is_pinned = false;
    bool proved = false;  // answered a dial of ours, ever
};

struct LinkState {
    std::optional<base::PeerId> peer;
    bool outbound = false;
    bool visit = false;      // inbound: once its Hello says so
    bool listening = false;  // likewise: others can dial it
    Ties ties;
    base::MonoTime since;
    base::MonoTime last_heard;
    std::optional<base::MonoTime> hello_at;   // when theirs came
    std::optional<std::uint64_t> ping_nonce;  // waiting for this pong
    base::MonoTime ping_sent;
    base::Millis round_trip{0};     // the quickest ping; zero: none yet
    base::MonoTime last_news;       // when it last brought an item that we lacked; zero: never
    base::Seconds clock_offset{0};  // theirs minus ours
    std::size_t items_received = 0;
    std::uint64_t our_nonce = 0;  // as in the Hellos
    std::uint64_t their_nonce = 0;

    FrameBudgets budgets;  // of what the peer sends

    bool greeted() const { return hello_at.has_value(); }
    bool anonymous() const { return !peer.has_value(); }
    bool passing() const { return visit || anonymous(); }
    // Counts as a link between two nodes that flood and compare.
    bool stands() const { return greeted() && !passing(); }
};

// Links that brought items and ended, whose peers are remembered until verdicts on these came (rule
// 7): as many as items are verified at once (verifying_items_max), some 100 bytes each.
inline constexpr std::size_t faded_links_max = base::limits::verifying_items_max;

// A link that is no more, whoever ended it.
struct EndedLink {
    base::LinkId link;
    LinkState state;
    std::optional<base::Fault> fault;
    bool by_us = false;   // without a fault: politely
    bool banned = false;  // its peer is, from now on
};

class Links {
public:
    enum class Welcome { stays, ended };

    // At most `inbound_max` standing inbound links.
    Links(base::PeerId self, item::Network network, std::size_t inbound_max, base::Rng rng);

    // `visit`: an outbound one was dialled for a visit. False:
    // the link is refused and its end is among `out`.
    bool on_link_up(base::LinkId link, const std::optional<base::PeerId>& peer, bool outbound,
                    bool visit, const Ties& ties, base::Now now, Effects& out);
    void on_link_down(base::LinkId link, const std::optional<base::Fault>& fault, base::Now now,
                      Effects& out);
    // Hello, Ping and Pong. Something wrong with them is a fault for the caller to punish().
    std::expected<Welcome, base::Fault> on_hello(base::LinkId link, const Hello& hello,
                                                 const Ties& ties, base::Now now, Effects& out);
    void on_ping(base::LinkId link, const Ping& ping, Effects& out);
    std::optional<base::Fault> on_pong(base::LinkId link, const Pong& pong, base::Now now);
    void on_heard(base::LinkId link, base::Now now);
    void on_news(base::LinkId link, base::Now now);

    // Counts the fault; ends the link if the fault's cost says so, and then keeps its peer out,
    // also if the link is gone already.
    void punish(base::LinkId link, base::Fault fault, base::Now now, Effects& out,
                const BrokenRule& broken = {});
    // Ends a link politely.
    void end(base::LinkId link, Effects& out);
    // What ended since the last call.
    std::vector<EndedLink> take_ended();
    // Whom faults that showed after their links' ends banned since the last call.
    std::vector<std::pair<base::PeerId, base::Fault>> take_banned_late() {
        return std::exchange(banned_late_, {});
    }
    void on_timer(base::Now now, Effects& out);
    base::MonoTime next_deadline() const;

    const LinkState* find(base::LinkId link) const;
    LinkState* find(base::LinkId link);
    // In order of LinkId; a link that is being ended is not in it any more.
    const base::FlatMap<base::LinkId, LinkState>& all() const { return links_; }
    // The link with this peer that stands or, outbound, is about to; no visit.
    std::optional<base::LinkId> link_of(const base::PeerId& peer) const;
    Scores& scores() { return scores_; }
    const Scores& scores() const { return scores_; }
    bool is_shunned(const base::PeerId& peer, base::Now now) const {
        return scores_.is_shunned(peer, now.mono);
    }
    // Median of standing peers' offsets, if at least three are known.
    std::optional<base::Seconds> clock_offset() const;
    // Links that stand or, outbound, are about to.
    std::size_t count(bool outbound) const;
    // Ends the process if what the rules promise of all links together does not hold.
    void sanity_check() const;

private:
    void drop(base::LinkId link, std::optional<base::Fault> fault, Effects& out);
    void note_end(base::LinkId link, std::optional<base::Fault> fault, bool by_us, bool banned);
    void keep_out(const base::PeerId& peer, Effects& out);
    bool find_place(base::LinkId link, const Ties& ties, Effects& out);
    void pass_by(base::LinkId link, Effects& out);
    bool wait_for_hello(Effects& out);
    bool settle_duplicate(base::LinkId link, Effects& out);

    const base::PeerId self_;
    const item::Network network_;
    const std::size_t inbound_max_;
    base::Rng rng_;
    const std::uint64_t eviction_key_;
    Scores scores_;
    base::FlatMap<base::LinkId, LinkState> links_;
    std::vector<EndedLink> ended_;
    std::map<base::LinkId, base::PeerId> faded_;  // rule 7; ids grow, so the first is the oldest
    std::vector<std::pair<base::PeerId, base::Fault>> banned_late_;
};

}  // namespace hearsay::core
