#include "core/relay/relay.hpp"

#include <algorithm>

#include "base/limits.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::Fault;

bool is_bulk(std::uint32_t hops) {
    return hops >= hops_bulk;
}

bool has_announced(const Heard* heard, base::LinkId link) {
    return heard && std::any_of(heard->announcers.begin(), heard->announcers.end(),
                                [&](const auto& one) { return one.link == link; });
}

}  // namespace

Relay::Neighbour* Relay::find(base::LinkId link) {
    const auto found = links_.find(link);
    return found == links_.end() ? nullptr : &found->second;
}

bool Relay::is_eager(base::LinkId link) const {
    const auto found = links_.find(link);
    return found != links_.end() && found->second.wanted == push_all;
}

// ---- links -------------------------------------------------------------------------------------

void Relay::on_greeted(base::LinkId link, base::Now now, Effects& out) {
    Neighbour& neighbour = links_[link];
    neighbour.budget = limits::waste_bytes_max;
    neighbour.budget_at = now.mono;
    if (mode_ == RelayMode::announce) want(link, 0, now, out);
}

void Relay::on_link_gone(base::LinkId link, base::Now now) {
    if (links_.erase(link) == 0) return;
    news_.on_link_gone(link, now.mono);
    shortcuts_.on_link_gone(link);
}

void Relay::want(base::LinkId link, std::uint32_t below, base::Now now, Effects& out) {
    Neighbour* neighbour = find(link);
    if (!neighbour || neighbour->wanted == below) return;
    neighbour->wanted = below;
    neighbour->told = now.mono;
    send(link, *neighbour, encode(Push{below}), out);
}

void Relay::want_early(base::Now now, Effects& out) {
    for (const auto& [link, neighbour] : links_)
        if (neighbour.wanted != push_all) want(link, early_.level(), now, out);
}

bool Relay::spend(Neighbour& neighbour, std::size_t bytes, base::Now now) {
    const std::int64_t refill = (now.mono - neighbour.budget_at).count() * limits::waste_bytes_per_s / 1000;
    neighbour.budget = std::min(limits::waste_bytes_max, neighbour.budget + refill);
    neighbour.budget_at = now.mono;
    neighbour.budget -= static_cast<std::int64_t>(bytes);
    return neighbour.budget >= 0;
}

void Relay::send(base::LinkId link, Neighbour& neighbour, const FramePtr& frame, Effects& out) {
    neighbour.ahead_bytes += frame->size();
    out.push_back(Send{link, frame});
}

// ---- items that come ---------------------------------------------------------------------------

std::optional<Fault> Relay::on_copy(base::LinkId link, const Admission& admission, std::uint32_t hops,
                                    base::Now now, Effects& out) {
    Neighbour* neighbour = find(link);
    if (!neighbour) return std::nullopt;
    learn(now, out);
    if (admission.novelty == Novelty::refused) {
        news_.forget(admission.id);
        return std::nullopt;
    }
    if (admission.novelty == Novelty::fresh) {
        const Heard* heard = news_.on_copy(admission.id, link, hops, now.mono);
        const bool pushed = heard && !heard->requested && !is_bulk(hops);
        if (pushed && mode_ == RelayMode::tree && early_.on_delivered()) want_early(now, out);
        return std::nullopt;
    }
    if (news_.is_asked_of(admission.id, link)) return std::nullopt;
    if (mode_ == RelayMode::flood && !is_bulk(hops)) return std::nullopt;
    if (is_bulk(hops)) {
        if (!spend(*neighbour, admission.bytes, now)) return Fault::too_many_requests;
    } else if (neighbour->wanted == push_all) {
        want(link, early_.level(), now, out);
    } else if (hops <= neighbour->wanted) {
        if (early_.on_duplicate()) want_early(now, out);
    } else if (now.mono - neighbour->told > limits::push_grace && !spend(*neighbour, admission.bytes, now)) {
        return Fault::too_many_requests;
    }
    return std::nullopt;
}

void Relay::on_accepted(const Accepted& accepted, const std::function<bool(base::LinkId)>& matches,
                        base::Now now, Effects& out) {
    const base::ItemId& id = accepted.item->id;
    const Heard* heard = news_.find(id);
    const bool listed = std::any_of(accepted.sources.begin(), accepted.sources.end(),
                                    [&](base::LinkId link) { return find(link) != nullptr; });
    // What the table of news had no room for came in bulk or in a rush: treat it as bulk.
    const std::uint32_t hops = heard && heard->from ? heard->hops : listed ? hops_bulk : 0;
    const bool bulk = is_bulk(hops) && mode_ != RelayMode::flood;
    FramePtr frame;
    for (auto& [link, neighbour] : links_) {
        if (accepted.sources.contains(link) || has_announced(heard, link)) continue;
        if (bulk && !matches(link)) continue;
        const bool behind = neighbour.ahead_bytes > limits::relay_ahead_bytes;
        if (!bulk && !behind && hops < neighbour.wants) {
            if (!frame) {
                std::size_t from = 0;
                frame = encode_items({accepted.item}, from, std::min(hops + 1, hops_answer));
            }
            send(link, neighbour, frame, out);
            continue;
        }
        if (neighbour.unsaid.size() < limits::announce_queue_max) neighbour.unsaid.push_back(id);
        announce(link, neighbour, now, out);
    }
}

// ---- ids ---------------------------------------------------------------------------------------

void Relay::announce(base::LinkId link, Neighbour& neighbour, base::Now now, Effects& out) {
    const bool behind = neighbour.ahead_bytes > limits::relay_ahead_bytes;
    if (neighbour.unsaid.empty() || behind) return;
    if (now.mono - neighbour.announced < limits::announce_pause &&
        neighbour.unsaid.size() < limits::announce_batch)
        return;
    neighbour.announced = now.mono;
    const std::size_t count = std::min(neighbour.unsaid.size(), limits::ids_per_page_max);
    const auto end = neighbour.unsaid.begin() + static_cast<std::ptrdiff_t>(count);
    send(link, neighbour, encode(Announce{{neighbour.unsaid.begin(), end}}), out);
    neighbour.unsaid.erase(neighbour.unsaid.begin(), end);
}

std::optional<Fault> Relay::on_announce(base::LinkId link, const Announce& announce, const Ingest& ingest,
                                        const StoreView& view, base::Now now, Effects& out) {
    Neighbour* neighbour = find(link);
    if (!neighbour) return Fault::frame_unexpected;
    learn(now, out);
    for (const base::ItemId& id : announce.ids) {
        const bool wanted = view.presence(id) == Presence::unknown && !ingest.is_verifying(id);
        const bool heard = news_.on_announced(id, link, wanted, now.mono);
        if (!heard && !spend(*neighbour, id.size, now)) return Fault::too_many_requests;
    }
    if (mode_ == RelayMode::announce) ask(now, out);
    return std::nullopt;
}

void Relay::ask(base::Now now, Effects& out) {
    for (auto& [link, ids] : news_.take_due(now.mono)) {
        Neighbour* neighbour = find(link);
        if (!neighbour) continue;
        if (mode_ == RelayMode::tree) want(link, push_all, now, out);
        for (std::size_t at = 0; at < ids.size(); at += limits::ids_per_page_max) {
            const auto first = ids.begin() + static_cast<std::ptrdiff_t>(at);
            const auto count = std::min(limits::ids_per_page_max, ids.size() - at);
            send(link, *neighbour, encode(Request{{first, first + static_cast<std::ptrdiff_t>(count)}}), out);
        }
    }
}

std::optional<Fault> Relay::on_request(base::LinkId link, const Request& request, base::Now now,
                                       const StoreView& view, Effects& out) {
    Neighbour* neighbour = find(link);
    if (!neighbour) return Fault::frame_unexpected;
    if (neighbour->serving.size() + request.ids.size() > limits::requested_max)
        return Fault::too_many_requests;
    for (const base::ItemId& id : request.ids) neighbour->serving.add(id);
    if (!neighbour->serving.under_way()) neighbour->serving.send_piece(link, now, view, hops_answer, out);
    return std::nullopt;
}

std::optional<Fault> Relay::on_push(base::LinkId link, const Push& push) {
    Neighbour* neighbour = find(link);
    if (!neighbour) return Fault::frame_unexpected;
    neighbour->wants = push.below;
    return std::nullopt;
}

// ---- time --------------------------------------------------------------------------------------

void Relay::on_drained(base::LinkId link, base::Now now, const StoreView& view, Effects& out) {
    Neighbour* neighbour = find(link);
    if (!neighbour) return;
    neighbour->ahead_bytes = 0;
    if (neighbour->serving.under_way()) neighbour->serving.send_piece(link, now, view, hops_answer, out);
    announce(link, *neighbour, now, out);
}

void Relay::learn(base::Now now, Effects& out) {
    const auto is_lazy = [&](base::LinkId link) { return !is_eager(link); };
    for (const Heard& heard : news_.settle(now.mono)) {
        if (mode_ != RelayMode::tree) continue;
        const auto swap = shortcuts_.learn(heard, is_lazy, rng_);
        if (!swap) continue;
        want(swap->slower, early_.level(), now, out);
        want(swap->faster, push_all, now, out);
    }
}

void Relay::on_timer(base::Now now, Effects& out) {
    learn(now, out);
    ask(now, out);
    for (auto& [link, neighbour] : links_) announce(link, neighbour, now, out);
}

base::MonoTime Relay::next_deadline() const {
    base::MonoTime next = news_.next_deadline();
    for (const auto& [link, neighbour] : links_)
        if (!neighbour.unsaid.empty() && neighbour.ahead_bytes <= limits::relay_ahead_bytes)
            next = std::min(next, neighbour.announced + limits::announce_pause);
    return next;
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
