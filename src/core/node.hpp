// core/node.hpp - the node's mind: one input in, effects out. Dispatch only; the decisions are
// in links/, discovery/, relay/, reconcile/, retention/ and audit/.
//
// Never blocks, never asks the time, uses no randomness but its seed. Same inputs, views and
// seed: same effects, on any machine.
#pragma once

#include <set>

#include "core/audit/audit.hpp"
#include "core/discovery/discovery.hpp"
#include "core/inputs.hpp"
#include "core/links/links.hpp"
#include "core/reconcile/reconcile.hpp"
#include "core/relay/ingest.hpp"
#include "core/relay/injection.hpp"
#include "core/relay/relay.hpp"
#include "core/retention/retention.hpp"

namespace hearsay::core {

struct NodeOptions {
    base::PeerId self;
    item::Network network = item::Network::main;
    base::Secret seed;                   // of every random choice
    std::vector<KnownPeer> known_peers;  // as kept by KeepPeer effects
    RelayMode relay = RelayMode::tree;
    DiscoverySettings discovery{};
    std::vector<Candidate> candidates{};  // as kept by KeepCandidate effects
    InjectionPace injection{};
    std::uint64_t store_budget =
        base::limits::store_budget_default;  // bytes, of the network's items
    TrafficLimits traffic{};
    bool takes_pictures = true;  // of others (core/retention/retention.hpp, rule 8)
    bool keeps_hidden = true;    // what the user's lists hide (core/relay/laid_aside.hpp)
};

class Node {
public:
    explicit Node(NodeOptions options);

    void step(const Input& input, base::Now now, const StoreView& view, Effects& out);
    // When to step TimerFired if nothing else happens; base::never if nothing waits.
    base::MonoTime next_deadline() const;

    // For status.
    const Links& links() const { return links_; }
    const Discovery& discovery() const { return discovery_; }
    // Whether the last comparison with this peer found nothing that one of us lacks and did not
    // get.
    bool in_sync(base::LinkId link) const { return reconcile_.is_matching(link); }
    // "Your view matches k of n peers": of those linked, greeted and not anonymous.
    struct Matches {
        std::size_t matching = 0;
        std::size_t peers = 0;
    };
    Matches view_matches() const;
    std::size_t verifying() const { return ingest_.in_flight(); }
    // What an item should show to be kept here and by most peers, of each class.
    const item::Floors& price() const { return price_; }
    const Retention& retention() const { return retention_; }
    const Audit& audit() const { return audit_; }
    const LaidAside& laid_aside() const { return aside_; }
    bool lays_aside() const { return ingest_.lays_aside(); }
    const TrafficLimits& traffic_limits() const { return traffic_.limits(); }
    // Items that peers wait for, and ids of items that wait to be asked for. With limits of traffic
    // they are what those hold back.
    std::size_t waiting_to_send() const { return relay_.owed() + reconcile_.owed(); }
    std::size_t waiting_to_ask() const { return relay_.held_back() + reconcile_.later(); }

    // Recomputes every figure that the parts keep beside what it counts, and ends the process if
    // one is wrong: a bug of ours. Costs more than a step. Debug builds run it now and then, the
    // simulator and the fuzz targets as well.
    void sanity_check() const;

private:
    struct Step;      // what one step works with
    struct Dispatch;  // node.cpp: what each frame asks of the parts
    void on_link_up(const LinkUp& up, Step& step);
    void on_ban(const BanPeer& ban, Step& step);
    std::optional<base::Fault> on_hello(base::LinkId link, const Hello& hello, Step& step);
    void on_frame(const FrameReceived& received, Step& step);
    std::optional<base::Fault> on_budgeted(LinkState& state, base::LinkId link, Message& message,
                                           Step& step, BrokenRule& broken);
    std::optional<base::Fault> on_announce(base::LinkId link, const Announce& announce, Step& step);
    std::optional<base::Fault> on_have(base::LinkId link, const Have& have, Step& step);
    std::optional<base::Fault> on_want(base::LinkId link, const Want& want, Step& step);
    std::optional<base::Fault> on_items(base::LinkId link, Items& items, Step& step);
    void end_blameless(base::LinkId link, base::Fault fault, std::string_view frame, Step& step);
    void on_verified(const Verified& verified, Step& step);
    void on_not_kept(const base::ItemId& id, base::Fault why, Step& step);
    void on_lists_changed(Step& step);
    void on_submit(const Submit& submit, Step& step);
    void on_brought(const Brought& brought, Step& step);
    void judge(const base::ItemId& id, Judged::Verdict verdict, std::optional<base::Fault> fault,
               Step& step);
    void judge_what_is_left(Step& step);
    // The peer of this link, unless it is anonymous or gone, showed that it has the item.
    void on_peer_has(base::LinkId link, const base::ItemId& id, Step& step);
    Pile pile_of(base::LinkId link) const;
    void settle(Step& step);
    void settle_floors(Step& step);
    void on_limits(const TrafficLimits& limits, Step& step);
    void on_links_ended(Step& step);  // links that ended, for discovery

    base::Rng rng_;
    const item::Network network_;
    Links links_;
    Retention retention_;
    FloorTable floors_;
    item::Floors price_{};
    Traffic traffic_;
    LaidAside aside_;
    std::set<base::ItemId> brought_;  // that wait for their verdict, at most brought_max
    Ingest ingest_;
    Injection injection_;
    Relay relay_;
    Reconcile reconcile_;
    Discovery discovery_;
    Audit audit_;
#ifndef NDEBUG
    std::size_t steps_ = 0;
#endif
};

}  // namespace hearsay::core
