// core/relay/relay.hpp - who hears of an accepted item. For now plain flooding: every greeted,
// identified link but those that brought it. Anonymous links hear nothing.
//
// It also follows our own items: how many peers have got them, by push or by asking, so that the
// user can be told. Nothing on a link tells an own item from a relayed one.
#pragma once

#include <map>
#include <set>

#include "core/links/links.hpp"
#include "core/relay/ingest.hpp"

namespace hearsay::core {

// How items spread. The tree is what nodes do; the others are there to compare it with, in the simulator.
enum class RelayMode {
    tree,
    flood,     // every copy over every link
    announce,  // ids over every link, the item on request
};

class Relay {
public:
    void on_accepted(const Accepted& accepted, const Links& links, Effects& out);
    // An item of ours that is alive in the store, or about to be.
    void follow(const base::ItemId& id);
    // `peer` has it: we sent it, or it did not ask for it when it was offered.
    void on_peer_has(const base::ItemId& id, const base::PeerId& peer, Effects& out);
    // `peer` has all that is in `view`.
    void on_peer_has_all(const base::PeerId& peer, const StoreView& view, Effects& out);
    void on_forgotten(const base::ItemId& id);

private:
    std::map<base::ItemId, std::set<base::PeerId>> own_;  // at most limits::followed_items_max
};

}  // namespace hearsay::core
