#include "core/discovery/book.hpp"

#include <algorithm>
#include <utility>

#include "base/ensure.hpp"
#include "base/limits/discovery.hpp"
#include "base/limits/links.hpp"
#include "base/waits.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;

constexpr std::uint32_t failures_most = 30;  // more would double no wait

void set_ban(KnownPeer& peer, base::WallTime until, std::string reason) {
    peer.banned_until = until;
    peer.ban_reason = std::move(reason);
}

// How often the first wait is doubled after so many failures, of which there is one.
std::uint32_t doublings(std::uint32_t failures) {
    if (failures <= 2 + limits::redial_steady) return std::min(failures - 1, 1U);
    return failures - 1 - limits::redial_steady;
}

}  // namespace

bool PeerState::is_long_known(base::WallTime now) const {
    return is_proved() && now - known.first_proved >= limits::long_tried_age;
}

void Book::restore(const KnownPeer& peer) {
    PeerState& state = peers_[peer.peer];
    state.known = peer;
    if (state.is_proved() && peer.banned_until == base::WallTime{}) on_answered(peer.peer);
}

void Book::forgive_all() {
    for (auto& [id, peer] : peers_) {
        peer.next_try = base::MonoTime{};
        peer.failures = 0;
        peer.unanswered = 0;
    }
}

const PeerState* Book::find(const base::PeerId& peer) const {
    const auto known = peers_.find(peer);
    return known == peers_.end() ? nullptr : &known->second;
}

PeerState* Book::find(const base::PeerId& peer) {
    const auto known = peers_.find(peer);
    return known == peers_.end() ? nullptr : &known->second;
}

Ties Book::ties(const base::PeerId& peer) const {
    const PeerState* known = find(peer);
    return known ? Ties{known->known.pinned, known->is_proved()} : Ties{};
}

bool Book::is_banned(const base::PeerId& peer, base::WallTime now) const {
    const PeerState* known = find(peer);
    return known && known->is_banned(now);
}

bool Book::is_long_known(const base::PeerId& peer, base::WallTime now) const {
    const PeerState* known = find(peer);
    return known && known->is_long_known(now);
}

bool Book::make_room(Effects& out) {
    if (peers_.size() < limits::known_peers_max) return true;
    const auto rank = [&](const PeerState& peer) {
        const bool kept =
            peer.known.pinned || peer.known.anchor || peer.known.banned_until != base::WallTime{};
        return std::pair(kept ? 2 : table_.contains(peer.known.peer) ? 1 : 0, peer.known.last_seen);
    };
    const auto goes = std::min_element(
        peers_.begin(), peers_.end(),
        [&](const auto& a, const auto& b) { return rank(a.second) < rank(b.second); });
    if (rank(goes->second).first == 2) return false;
    erase(base::PeerId(goes->first), out);
    return true;
}

PeerState* Book::enter(const base::PeerId& peer, base::Now now, Effects& out) {
    if (!make_room(out)) return nullptr;
    PeerState& entry = peers_[peer];
    entry.known.peer = peer;
    entry.known.added = now.wall;
    return &entry;
}

void Book::prove(PeerState& peer, base::Now now, Effects& out) {
    if (!peer.is_proved()) peer.known.first_proved = now.wall;
    peer.known.last_seen = now.wall;
    peer.unanswered = 0;
    peer.last_error.clear();
    out.push_back(KeepPeer{peer.known});
}

void Book::on_answered(const base::PeerId& peer) {
    if (const auto ping = table_.on_proved(peer)) pings_.insert(*ping);
}

void Book::back_off(PeerState& peer, base::Now now, base::Rng& rng) const {
    peer.failures = std::min<std::uint32_t>(peer.failures + 1, failures_most);
    const base::Millis wait =
        base::doubled(limits::redial_first, doublings(peer.failures), limits::redial_most);
    peer.next_try = now.mono + rng.between(wait / 2, wait);
}

void Book::on_failed(PeerState& peer, const std::string& why, base::Now now, base::Rng& rng) {
    peer.last_error = why;
    ++peer.unanswered;
    back_off(peer, now, rng);
    table_.on_failed(peer.known.peer);
}

void Book::ban_for(PeerState& peer, base::Fault fault, base::Now now, Effects& out) {
    if (peer.known.pinned) return;
    pings_.erase(peer.known.peer);
    set_ban(peer.known, now.wall + std::chrono::duration_cast<base::Seconds>(limits::ban_long),
            std::string(base::name(fault)));
    table_.erase(peer.known.peer);
    out.push_back(KeepPeer{peer.known});
}

void Book::ban(PeerState& peer, base::Seconds how_long, const std::string& reason, base::Now now) {
    peer.known.pinned = false;
    peer.known.anchor = false;
    pings_.erase(peer.known.peer);
    set_ban(peer.known, now.wall + std::min(how_long, limits::ban_most),
            reason.substr(0, limits::ban_reason_bytes_max));
    table_.erase(peer.known.peer);
}

void Book::lift_ban(PeerState& peer) {
    set_ban(peer.known, {}, {});
}

bool Book::erase(const base::PeerId& peer, Effects& out) {
    if (peers_.erase(peer) == 0) return false;
    pings_.erase(peer);
    table_.erase(peer);
    out.push_back(DropPeer{peer});
    return true;
}

void Book::mark_anchors(const std::function<bool(const base::PeerId&)>& is_anchor, Effects& out) {
    for (auto& [id, peer] : peers_) {
        const bool anchor = is_anchor(id);
        if (std::exchange(peer.known.anchor, anchor) != anchor) out.push_back(KeepPeer{peer.known});
    }
}

void Book::sanity_check() const {
    table_.sanity_check();
    ENSURE(peers_.size() <= limits::known_peers_max, "more known peers than there are places");
    std::size_t contacts = 0;
    for (const auto& [id, peer] : peers_) {
        ENSURE(id == peer.known.peer && id != self_, "an entry of somebody else");
        if (!table_.contains(id)) continue;
        ++contacts;
        ENSURE(peer.is_proved(), "a contact that never proved its key");
    }
    ENSURE(contacts == table_.size(), "a contact that is not in the book");
    for (const base::PeerId& peer : pings_)
        ENSURE(peers_.contains(peer), "a ping of somebody who is not in the book");
}

}  // namespace hearsay::core
