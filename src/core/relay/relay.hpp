// core/relay/relay.hpp - who hears of an accepted item, and how: whole items along a tree, ids over all
// other links. docs/protocol.md, "Flooding". After Plumtree (Leitao, Pereira and Rodrigues 2007).
//
//   1. The receiver decides. For each link it says what it wants to be sent: every item (eager, how each
//      link begins), or only those of fewer hops than it names (lazy); of the others it hears the id.
//   2. A copy over an eager link of what came before makes that link lazy: what remains is a tree.
//   3. An announced id whose item the tree does not bring is asked for (news.hpp), and the link that
//      was asked becomes eager: so the tree mends itself when a link dies or a peer stops relaying.
//   4. The tree improves itself by what it sees (tree.hpp).
//   5. Ids are gathered for announce_pause, unless the link was quiet. Items go at once.
//   6. A link that does not read (relay_ahead_bytes since its queue was empty last) is sent no items but
//      only hears of them once it reads again, of announce_queue_max at most: a slow reader costs nobody
//      else, and reconciliation brings it what it missed.
//   7. Bulk - what paging or comparing brought, not flooding - is announced to those links only whose
//      last comparison matched; the others find it in their next one.
//   8. What a link sends us in vain - copies that it was told not to send, bulk that we hold, announcements
//      repeated - is paid from a budget (waste_bytes_max, refilled by waste_bytes_per_s): who empties it
//      is too_many_requests.
// Hops tell how far a copy has come from where it entered the network. Items enter by injection
// (docs/protocol.md), not where they are made: hops say nothing about who made them.
#pragma once

#include <map>
#include <vector>

#include "core/links/links.hpp"
#include "core/reconcile/serving.hpp"
#include "core/relay/ingest.hpp"
#include "core/relay/news.hpp"
#include "core/relay/tree.hpp"

namespace hearsay::core {

// How items spread. The tree is what nodes do; the others are there to compare it with, in the simulator.
enum class RelayMode {
    tree,
    flood,     // every copy over every link
    announce,  // ids over every link, the item on request
};

class Relay {
public:
    Relay(RelayMode mode, base::Rng rng)
        : mode_(mode), rng_(std::move(rng)), news_(mode != RelayMode::announce) {}

    void on_greeted(base::LinkId link, base::Now now, Effects& out);
    void on_link_gone(base::LinkId link, base::Now now);

    // A copy came over a link and ingest said what it is to us. Anonymous links are not known here: nothing
    // is learnt from them but that the item enters the network with us.
    std::optional<base::Fault> on_copy(base::LinkId link, const Admission& admission, std::uint32_t hops,
                                       base::Now now, Effects& out);
    // It was verified and stored; `matches`: whether a link's last comparison matched.
    void on_accepted(const Accepted& accepted, const std::function<bool(base::LinkId)>& matches,
                     base::Now now, Effects& out);
    void on_refused(const base::ItemId& id, base::Now now) { news_.on_refused(id, now.mono); }

    std::optional<base::Fault> on_announce(base::LinkId link, const Announce& announce, const Ingest& ingest,
                                           const StoreView& view, base::Now now, Effects& out);
    std::optional<base::Fault> on_request(base::LinkId link, const Request& request, base::Now now,
                                          const StoreView& view, Effects& out);
    std::optional<base::Fault> on_push(base::LinkId link, const Push& push);
    void on_drained(base::LinkId link, base::Now now, const StoreView& view, Effects& out);

    void on_timer(base::Now now, Effects& out);
    base::MonoTime next_deadline() const;

    bool is_eager(base::LinkId link) const;  // whether we want every item from it

    // An item of ours that is alive in the store, or about to be.
    void follow(const base::ItemId& id);
    // `peer` has it: we sent it, or it did not ask for it when it was offered.
    void on_peer_has(const base::ItemId& id, const base::PeerId& peer, Effects& out);
    // `peer` has all that is in `view`.
    void on_peer_has_all(const base::PeerId& peer, const StoreView& view, Effects& out);
    void on_forgotten(const base::ItemId& id);

private:
    struct Neighbour {
        std::uint32_t wants = push_all;    // what it wants of us: items of fewer hops
        std::uint32_t wanted = push_all;   // what we want of it
        base::MonoTime told;               // when we said so
        std::vector<base::ItemId> unsaid;  // ids to be announced
        base::MonoTime announced;          // last
        std::size_t ahead_bytes = 0;       // sent since its queue was empty
        Serving serving;                   // what it asked for
        std::int64_t budget = 0;           // bytes
        base::MonoTime budget_at;
    };

    Neighbour* find(base::LinkId link);
    void want(base::LinkId link, std::uint32_t below, base::Now now, Effects& out);
    void want_early(base::Now now, Effects& out);
    bool spend(Neighbour& neighbour, std::size_t bytes, base::Now now);
    void send(base::LinkId link, Neighbour& neighbour, const FramePtr& frame, Effects& out);
    void announce(base::LinkId link, Neighbour& neighbour, base::Now now, Effects& out);
    void learn(base::Now now, Effects& out);
    void ask(base::Now now, Effects& out);

    const RelayMode mode_;
    base::Rng rng_;
    std::map<base::LinkId, Neighbour> links_;
    News news_;
    Shortcuts shortcuts_;
    Early early_;
    std::map<base::ItemId, std::set<base::PeerId>> own_;  // at most limits::followed_items_max
};

}  // namespace hearsay::core
