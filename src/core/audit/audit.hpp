// core/audit/audit.hpp - whether others hold an item: asked of nodes that are no peers of ours, and
// answered when others ask. docs/protocol.md, "Probes".
//
// What linked peers show (relay/injection.hpp, "heard back") says little to who suspects just
// those. An audit asks elsewhere. Rules of who asks:
//   1. Whom: audit_nodes at random of those that answered a dial of ours once and are not linked to
//      us, without the banned and the shunned. If there are fewer, linked ones make up the number:
//      they do not know who asks. The result says how many those are.
//   2. What: the item among decoys, audit_ids in all, in random order. Decoys are what the store
//      holds of the item's class, at random. All nodes are asked for the same, so that those who
//      compare what they were asked see no difference; and an item that is audited again brings
//      the same decoys, as far as they still live, so that what repeats says nothing either.
//   3. How: by an anonymous dial on a circuit of its own (SendProbe), each node once, at a random
//      time within audit_spread, probes_max at once.
//   4. When all have answered or were not reached, the notice Audited says how many.
//   5. At most audits_max items at once, each once; another begins only when one has ended.
// Rules of who answers:
//   6. Whoever asks is told, over any link, within the link's budget. That this node holds an item
//      says nothing: all nodes hold all. What it holds nobody learns that an exchange of lists
//      would not tell.
//   7. Beyond probe_answers_rate, of all links together, it does not say.
// Complexity: to begin, audit_draws_max reads of audit_draw_items heads; an answer, a look-up of
// each id.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <vector>

#include "base/limits/audit.hpp"
#include "base/rng.hpp"
#include "base/token_bucket.hpp"
#include "core/discovery/discovery.hpp"
#include "core/inputs.hpp"
#include "core/messages.hpp"
#include "core/store_view.hpp"

namespace hearsay::core {

class Audit {
public:
    Audit(base::PeerId self, item::Network network, base::Rng rng);

    void on_wished(const AuditItem& wish, base::Now now, const Links& links,
                   const Discovery& discovery, const StoreView& view, Effects& out);
    void set_network_ready(bool ready) { network_ready_ = ready; }
    void on_probed(const Probed& probed, Effects& out);
    void on_timer(base::Now now, Effects& out);
    base::MonoTime next_deadline() const;
    bool is_full() const { return running_.size() >= base::limits::audits_max; }
    bool is_running(const base::ItemId& id) const { return running_.contains(id); }

    // Somebody asks us.
    Held answer(const Probe& probe, base::MonoTime now, const StoreView& view);
    void sanity_check() const;  // recomputes what is kept; ends the process if it is wrong

private:
    struct Running {
        std::vector<base::ItemId> ids;
        std::multimap<base::MonoTime, base::PeerId> due;  // who was not asked yet
        std::map<base::PeerId, std::uint32_t> asked;      // who has not answered yet
        Audited result;
    };
    struct Remembered {
        base::ItemId id;
        std::vector<base::ItemId> ids;
    };

    struct Nodes {
        std::vector<base::PeerId> all;
        std::uint32_t linked = 0;  // of them, to us
    };
    Nodes choose_nodes(base::Now now, const Links& links, const Discovery& discovery);
    std::vector<base::ItemId> among(const base::ItemId& id, const StoreView& view);
    void draw(const base::ItemId& id, std::set<base::ItemId>& ids, const StoreView& view);

    const base::PeerId self_;
    const item::Network network_;
    base::Rng rng_;
    bool network_ready_ = false;
    std::map<base::ItemId, Running> running_;  // at most audits_max
    std::size_t under_way_ = 0;                // probes, of all
    std::deque<Remembered> remembered_;        // the newest last
    base::TokenBucket answers_;
};

}  // namespace hearsay::core
