#include "core/relay/relay.hpp"

#include "base/limits.hpp"

namespace hearsay::core {

void Relay::on_accepted(const Accepted& accepted, const Links& links, Effects& out) {
    const std::vector<item::ReadPtr> items{accepted.item};
    FramePtr frame;
    for (const auto& [id, link] : links.all()) {
        if (link.anonymous() || !link.greeted()) continue;
        if (accepted.sources.contains(id)) {
            on_peer_has(accepted.item->id, *link.peer, out);
            continue;
        }
        if (!frame) {
            std::size_t from = 0;
            frame = encode_items(items, from);
        }
        out.push_back(Send{id, frame});
        on_peer_has(accepted.item->id, *link.peer, out);
    }
}

void Relay::follow(const base::ItemId& id) {
    if (own_.size() < base::limits::followed_items_max) own_.try_emplace(id);
}

void Relay::on_peer_has(const base::ItemId& id, const base::PeerId& peer, Effects& out) {
    const auto found = own_.find(id);
    if (found == own_.end() || found->second.size() >= base::limits::followed_peers_max) return;
    if (found->second.insert(peer).second) out.push_back(Notify{OwnItemSent{id, found->second.size()}});
}

void Relay::on_peer_has_all(const base::PeerId& peer, const StoreView& view, Effects& out) {
    for (const auto& [id, peers] : own_)
        if (view.presence(id) == Presence::alive) on_peer_has(id, peer, out);
}

void Relay::on_forgotten(const base::ItemId& id) {
    own_.erase(id);
}

}  // namespace hearsay::core
