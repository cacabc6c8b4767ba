#include "core/discovery/dials.hpp"

#include <algorithm>

#include "base/limits/discovery.hpp"
#include "base/limits/links.hpp"
#include "base/waits.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;

}  // namespace

bool Dials::may_visit(const base::PeerId& peer, const DialRound& round) const {
    if (peer == self_ || dials_.contains(peer) || round.links.is_shunned(peer, round.now))
        return false;
    if (book_.is_banned(peer, round.now.wall)) return false;
    const auto paused = paused_.find(peer);
    if (paused != paused_.end() && paused->second.until > round.now.mono) return false;
    const auto linked = round.links.link_of(peer);
    if (linked && round.links.find(*linked)->outbound) return false;
    return std::none_of(visits_.begin(), visits_.end(),
                        [&](const auto& visit) { return visit.second == peer; });
}

bool Dials::may_link(const PeerState& peer, const DialRound& round) const {
    const base::PeerId& id = peer.known.peer;
    return peer.next_try <= round.now.mono && id != self_ && !dials_.contains(id) &&
           !round.links.is_shunned(id, round.now) && !peer.is_banned(round.now.wall) &&
           !round.links.link_of(id);
}

void Dials::visit(const base::PeerId& peer, DialRound& round) {
    dial(peer, {DialPurpose::visit, LinkKind::random}, round);
}

void Dials::link(const base::PeerId& peer, LinkKind kind, DialRound& round) {
    dial(peer, {DialPurpose::link, kind}, round);
}

void Dials::dial(const base::PeerId& peer, UnderWay what, DialRound& round) {
    const PeerState* known = book_.find(peer);
    const auto paused = paused_.find(peer);
    std::uint32_t failures = known ? known->failures : 0;
    if (paused != paused_.end()) failures = std::max(failures, paused->second.failures);
    dials_[peer] = what;
    round.out.push_back(
        Dial{peer, base::doubled(limits::dial_wait_first, failures, limits::dial_wait)});
}

std::optional<DialPurpose> Dials::on_dialled(base::LinkId link, const base::PeerId& peer) {
    const auto dial = dials_.extract(peer);
    if (!dial) return std::nullopt;
    if (dial.mapped().purpose == DialPurpose::visit)
        visits_[link] = peer;
    else
        kinds_[link] = dial.mapped().kind;
    return dial.mapped().purpose;
}

void Dials::on_link_gone(base::LinkId link) {
    kinds_.erase(link);
    visits_.erase(link);
}

void Dials::pause(const base::PeerId& peer, base::Now now, base::Rng& rng) {
    if (paused_.size() >= limits::paused_peers_max)
        std::erase_if(paused_, [&](const auto& entry) { return entry.second.until <= now.mono; });
    if (paused_.size() >= limits::paused_peers_max && !paused_.contains(peer)) return;
    Pause& pause = paused_[peer];
    const bool proved = book_.ties(peer).proved;
    const base::Millis most = proved ? limits::lost_pause_most : limits::candidate_pause_most;
    const base::Millis wait = base::doubled(limits::candidate_pause_first, pause.failures++, most);
    pause.until = now.mono + rng.between(wait / 2, wait);
}

void Dials::interrupt_pause(const base::PeerId& peer, base::MonoTime now) {
    if (const auto paused = paused_.find(peer); paused != paused_.end()) paused->second.until = now;
}

base::MonoTime Dials::next_pause_end(base::MonoTime now) const {
    base::MonoTime next = base::never;
    for (const auto& [id, pause] : paused_)
        if (pause.until > now) next = std::min(next, pause.until);
    return next;
}

std::optional<DialPurpose> Dials::purpose_of(const base::PeerId& peer) const {
    const auto dial = dials_.find(peer);
    return dial == dials_.end() ? std::nullopt : std::optional(dial->second.purpose);
}

std::size_t Dials::count(LinkKind kind) const {
    std::size_t out = 0;
    for (const auto& [link, of] : kinds_) out += of == kind ? 1 : 0;
    for (const auto& [peer, dial] : dials_)
        out += dial.purpose == DialPurpose::link && dial.kind == kind ? 1 : 0;
    return out;
}

std::size_t Dials::links_being_made() const {
    std::size_t out = 0;
    for (const auto& [peer, dial] : dials_) out += dial.purpose == DialPurpose::link ? 1 : 0;
    return out;
}

std::size_t Dials::visits_under_way() const {
    return visits_.size() + dials_.size() - links_being_made();
}

}  // namespace hearsay::core
