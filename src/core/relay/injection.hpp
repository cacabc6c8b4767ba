// core/relay/injection.hpp - how an item of our own gets into the flood without coming from us, and
// how the user learns that it did. docs/design.md, "Who published it".
//
// Rules, in order:
//   1. A submitted item is held here and nowhere else. The store does not know it, so nothing on
//      any link - what we push, announce, list, answer, or compare - tells us from a node that
//      never heard of it. What the store holds alive already (from an earlier run)
//      came back once and is only followed.
//   2. It is handed to one other node: Inject, an anonymous dial over a circuit of its own. When:
//      at random within injection_delay for each own item that waits, so that items submitted
//      together do not leave together. If none but it waits, for its work or here, the time counts
//      from when it was written: searching takes a random time, too, and hides the moment as well
//      as waiting does. One that was injected in an earlier run may be on its way, and gets the
//      time of rule 4 first. At most injections_max at once, and only while the
//      network is ready and somebody is known.
//   3. To whom: to a known or a linked peer, never to ourselves, a shunned or a banned one. At
//      random among those that rank first. Each line decides where those above leave several:
//      - first those that were tried least often for this item: nobody is left out, however many
//        keep it for themselves;
//      - every second time after one that did not return, first peers that we have known for a day
//        or more: most of them are honest even where most of all are not (docs/decisions/0009);
//      - first peers that are not linked and whose last dial did not fail, then linked ones that we
//        could dial ourselves, then the others: who only dialled us may not be reachable.
//      A link's peer that gets our item over another circuit learns no more than anybody. But
//      whoever sees both ends of many links could guess.
//   4. Until a verified copy comes in, it is injected elsewhere after a random time between
//      injection_wait_min and injection_wait_max: the first injection_quick times; after that both
//      double, to injection_wait_most. So hostile peers that keep it for themselves delay it by a
//      minute each, and no more than a quarter of an hour while any peer we try is honest
//      (docs/simulator.md). After a failed dial the next peer's turn comes soon:
//      injection_retry_min to _max, doubling, too.
//   5. When a verified copy comes in, over any link, it is stored and relayed like anybody's, and
//      the injecting ends: from then on comparing spreads it. An announcement alone ends nothing,
//      its sender may be lying. Nor is a copy refused that an anonymous visitor brings:
//      refusing would tell.
//   6. The same item submitted with more work in it takes the place of the one before, and is
//      handed over soon. So is one that came back, if it shows twice the work of what is stored
//      (better_nonce.hpp), until that nonce comes back.
//   7. It ends, too, when the item expires, a newer version of the thing is submitted or known, or
//      the user takes the item back (Recall): its removal needs work first,
//      which may wait behind hours of other work.
// Heard back from k peers: listed ones that pushed, announced or listed it, did not want it when we
// listed it, or whose set matched ours after it was stored, each once. Sending it to a peer is not
// hearing. The user is told once it is stored:
// only then is it sure that what they have is the item.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <span>

#include "base/limits/relay.hpp"
#include "core/discovery/discovery.hpp"
#include "core/inputs.hpp"
#include "core/store_view.hpp"
#include "item/standing.hpp"

namespace hearsay::core {

// How long injections wait, by the rules above; a node's are base/limits/'s. Only tests that go
// through a thousand of them (tests/kill) give shorter ones.
struct InjectionPace {
    base::Millis delay_min = base::limits::injection_delay_min;  // rule 2
    base::Millis delay = base::limits::injection_delay;
    base::Millis delay_max = base::limits::injection_delay_max;
    base::Millis wait_min = base::limits::injection_wait_min;  // rule 4
    base::Millis wait_max = base::limits::injection_wait_max;
    base::Millis wait_most = base::limits::injection_wait_most;
    base::Millis retry_min = base::limits::injection_retry_min;
    base::Millis retry_max = base::limits::injection_retry_max;
};

class Injection {
public:
    Injection(base::PeerId self, item::Network network, base::Rng rng,
              const InjectionPace& pace = {});

    // A returned fault is why it will not be injected.
    std::optional<base::Fault> on_submit(const Submit& submit, base::Now now,
                                         const StoreView& view);
    void set_network_ready(bool ready) { network_ready_ = ready; }
    void on_injected(const Injected& injected, base::Now now, Effects& out);
    // A verified copy of any item is stored. Peers that brought it are told before,
    // by on_peer_has().
    void on_stored(const base::ItemId& id, base::Now now, Effects& out);
    void on_forgotten(const base::ItemId& id);
    // What is stored shows more work now.
    void on_improved(const base::ItemId& id, item::Level level);

    // `peer` showed that it has the item. Of items that are not ours nothing is remembered.
    void on_peer_has(const base::ItemId& id, const base::PeerId& peer, Effects& out);
    // `peer` has all that was stored before `since` and counted, but for what we handed over to
    // find that out.
    void on_peer_has_all(const base::PeerId& peer, base::MonoTime since,
                         std::span<const base::ItemId> handed_over,
                         const std::function<bool(const base::ItemId&)>& counted, Effects& out);

    void on_timer(base::Now now, const Links& links, const Discovery& discovery,
                  const StoreView& view, Effects& out);
    // base::never while nothing can be done before another input.
    base::MonoTime next_deadline() const;

    bool follows(const base::ItemId& id) const { return own_.contains(id); }
    // How often it was handed over since it got its work and did not come back, in this run; 0 if
    // it did, or is none of ours.
    std::uint32_t in_vain(const base::ItemId& id) const;
    void sanity_check() const;  // recomputes what is kept; ends the process if it is wrong

private:
    struct Own {
        item::ReadPtr item;          // nothing once it is stored as it is, or with more work
        base::MonoTime due;          // of the next injection, while none is under way
        base::MonoTime stored_at;    // in this run; zero if it was stored before
        std::uint32_t injected = 0;  // times in all, for the user
        std::uint32_t waits = 0;     // for its return, in this run: they grow
        std::uint32_t failures = 0;  // dials in a row
        std::map<base::PeerId, std::uint32_t> tried;  // how often
        std::optional<base::PeerId> under_way;
        std::set<base::PeerId> heard;  // at most followed_peers_max
    };
    using OwnItems = std::map<base::ItemId, Own>;

    OwnItems::iterator forget(OwnItems::iterator own);
    void add_work(const base::ItemId& id, Own& own, const item::ReadPtr& better, base::Now now,
                  const StoreView& view);
    bool make_room();
    void drop_older(const item::Read& newer);
    void schedule(const base::ItemId& id, Own& own, base::MonoTime due);
    base::Millis first_wait(const Submit& submit);
    base::Millis delay(std::size_t waiting);
    void spread_overdue(base::Now now);
    static bool somebody_known(const Links& links, const Discovery& discovery);
    std::optional<base::PeerId> choose(const Own& own, base::Now now, const Links& links,
                                       const Discovery& discovery);
    void inject(const base::ItemId& id, Own& own, base::Now now, const Links& links,
                const Discovery& discovery, Effects& out);

    const base::PeerId self_;
    const item::Network network_;
    const InjectionPace pace_;
    base::Rng rng_;
    bool network_ready_ = false;
    bool able_ = false;  // as of the last on_timer(): the network is ready and somebody is known
    OwnItems own_;       // at most limits::followed_items_max
    std::set<std::pair<base::MonoTime, base::ItemId>> due_;
    std::size_t under_way_ = 0;
};

}  // namespace hearsay::core
