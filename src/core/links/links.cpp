#include "core/links/links.hpp"

#include <algorithm>

#include "base/ensure.hpp"
#include "base/limits.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::Fault;

base::MonoTime ping_due(const LinkState& link) {
    return link.last_heard + limits::ping_interval;
}

// When a link has to be looked at again if nothing is heard from it.
base::MonoTime link_deadline(const LinkState& link) {
    if (link.anonymous() && link.greeted()) return link.since + limits::anonymous_stay;
    if (!link.greeted()) return link.since + limits::hello_wait;
    if (link.ping_nonce) return link.ping_sent + limits::pong_wait;
    return ping_due(link);
}

base::Millis doubled(base::Millis first, std::uint32_t times, base::Millis most) {
    base::Millis wait = first;
    for (std::uint32_t i = 0; i < times && wait < most; ++i) wait *= 2;
    return std::min(wait, most);
}

}  // namespace

Links::Links(base::PeerId self, item::Network network, base::Rng rng)
    : self_(self), network_(network), rng_(std::move(rng)) {}

void Links::restore(const KnownPeer& peer) {
    if (peer.peer != self_) peers_[peer.peer].known = peer;  // a key may have become ours since
}

void Links::set_network_ready(bool ready) {
    if (ready && !network_ready_)
        for (auto& [id, peer] : peers_) {
            peer.next_try = base::MonoTime{};
            peer.failures = 0;
        }
    network_ready_ = ready;
}

LinkState* Links::find(base::LinkId link) {
    const auto found = links_.find(link);
    return found == links_.end() ? nullptr : &found->second;
}

const LinkState* Links::find(base::LinkId link) const {
    const auto found = links_.find(link);
    return found == links_.end() ? nullptr : &found->second;
}

std::optional<base::LinkId> Links::link_of(const base::PeerId& peer) const {
    for (const auto& [id, link] : links_)
        if (link.peer == peer) return id;
    return std::nullopt;
}

std::size_t Links::count(bool outbound) const {
    return static_cast<std::size_t>(std::count_if(links_.begin(), links_.end(), [&](const auto& entry) {
        return entry.second.outbound == outbound && !entry.second.anonymous();
    }));
}

bool Links::is_banned(const base::PeerId& peer, base::Now now) const {
    const auto found = banned_until_.find(peer);
    return found != banned_until_.end() && found->second > now.mono;
}

void Links::ban(const base::PeerId& peer, base::Now now) {
    std::erase_if(banned_until_, [&](const auto& entry) { return entry.second <= now.mono; });
    if (banned_until_.size() >= limits::banned_peers_max) {
        const auto first = std::min_element(banned_until_.begin(), banned_until_.end(),
                                            [](const auto& a, const auto& b) { return a.second < b.second; });
        banned_until_.erase(first);
    }
    banned_until_[peer] = now.mono + limits::ban_wait;
}

void Links::drop(base::LinkId link, std::optional<Fault> fault, Effects& out) {
    links_.erase(link);
    out.push_back(Disconnect{link, fault});
}

bool Links::room_for(const std::optional<base::PeerId>& peer, bool outbound) const {
    if (outbound) return true;  // we asked for it
    const auto inbound = [&](bool anonymous) {
        return static_cast<std::size_t>(std::count_if(links_.begin(), links_.end(), [&](const auto& entry) {
            return !entry.second.outbound && entry.second.anonymous() == anonymous;
        }));
    };
    if (!peer) return inbound(true) < limits::anonymous_links_max;
    return inbound(false) < limits::inbound_links_max;
}

bool Links::settle_duplicate(base::LinkId link, const base::PeerId& peer, bool outbound, base::Now now,
                             Effects& out) {
    const auto other = link_of(peer);
    if (!other) return true;
    const LinkState& older = links_.at(*other);
    const bool ours_wins = self_ < peer;
    const bool crossed = now.mono - older.since < limits::crossing_dials_max;
    const bool new_stays = !crossed || older.outbound == outbound || outbound == ours_wins;
    if (new_stays)
        drop(*other, std::nullopt, out);
    else
        out.push_back(Disconnect{link, std::nullopt});
    return new_stays;
}

bool Links::on_link_up(base::LinkId link, const std::optional<base::PeerId>& peer, bool outbound,
                       base::Now now, Effects& out) {
    ENSURE(!links_.contains(link), "a link came up twice");
    bool refused = peer && (*peer == self_ || is_banned(*peer, now));
    if (peer && outbound) {
        const auto known = peers_.find(*peer);
        if (known != peers_.end())
            known->second.dialling = false;
        else
            refused = true;  // removed while it was dialled
    }
    if (refused || !room_for(peer, outbound)) {
        out.push_back(Disconnect{link, std::nullopt});
        return false;
    }
    if (peer && !settle_duplicate(link, *peer, outbound, now, out)) return false;
    LinkState state;
    state.peer = peer;
    state.outbound = outbound;
    state.since = now.mono;
    state.last_heard = now.mono;
    state.our_nonce = rng_.next();
    links_.emplace(link, state);
    const base::WallTime minute = base::WallTime(now.wall.time_since_epoch() / 60 * 60);
    const Hello hello{protocol_version, static_cast<std::uint32_t>(network_), minute, true, state.our_nonce};
    out.push_back(Send{link, encode(hello)});
    if (peer) out.push_back(Notify{PeerChanged{*peer}});
    return true;
}

void Links::on_link_down(base::LinkId link, const std::optional<Fault>& fault, base::Now now, Effects& out) {
    if (fault) out.push_back(Notify{Refused{link, *fault}});
    const auto found = links_.find(link);
    if (found == links_.end()) return;  // we ended it ourselves
    const auto peer = found->second.peer;
    const bool lasted = found->second.greeted() && now.mono - found->second.since >= limits::lasting_link;
    links_.erase(found);
    if (!peer) return;
    if (fault && base::cost(*fault) == base::Cost::link) ban(*peer, now);
    if (const auto known = peers_.find(*peer); known != peers_.end()) {
        if (fault) known->second.last_error = std::string(base::name(*fault));
        if (lasted) known->second.failures = 0;
        back_off(known->second, now);
    }
    out.push_back(Notify{PeerChanged{*peer}});
}

void Links::back_off(PeerState& peer, base::Now now) {
    peer.failures = std::min<std::uint32_t>(peer.failures + 1, 30);
    const base::Millis wait = doubled(limits::redial_first, peer.failures - 1, limits::redial_most);
    peer.next_try = now.mono + rng_.between(wait / 2, wait);
}

void Links::on_dial_failed(const base::PeerId& peer, const std::optional<Fault>& fault,
                           const std::string& why, base::Now now, Effects& out) {
    if (fault) out.push_back(Notify{Refused{std::nullopt, *fault}});
    const auto known = peers_.find(peer);
    if (known == peers_.end()) return;  // removed meanwhile
    known->second.dialling = false;
    known->second.last_error = why;
    back_off(known->second, now);
    out.push_back(Notify{PeerChanged{peer}});
}

std::optional<Fault> Links::on_hello(base::LinkId id, const Hello& hello, base::Now now, Effects& out) {
    LinkState& link = *find(id);
    if (link.greeted()) return Fault::frame_unexpected;
    if (hello.protocol != protocol_version || hello.network != static_cast<std::uint32_t>(network_))
        return Fault::wrong_protocol;
    link.hello_at = now.mono;
    link.their_nonce = hello.nonce;
    // A clock of the year 300 billion is as wrong as one of the year 9999, and sums stay small.
    constexpr base::Seconds most(1LL << 40);
    link.clock_offset = std::clamp(hello.time - now.wall, -most, most);
    if (!link.peer) return std::nullopt;
    if (const auto known = peers_.find(*link.peer); known != peers_.end()) {
        known->second.last_error.clear();
        known->second.known.last_seen = now.wall;
        out.push_back(KeepPeer{known->second.known});
    }
    out.push_back(Notify{PeerChanged{*link.peer}});
    return std::nullopt;
}

void Links::on_ping(base::LinkId link, const Ping& ping, Effects& out) {
    out.push_back(Send{link, encode(Pong{ping.nonce})});
}

std::optional<Fault> Links::on_pong(base::LinkId id, const Pong& pong) {
    LinkState& link = *find(id);
    if (link.ping_nonce != pong.nonce) return Fault::frame_unexpected;
    link.ping_nonce.reset();
    return std::nullopt;
}

void Links::on_heard(base::LinkId id, base::Now now) {
    if (LinkState* link = find(id)) link->last_heard = now.mono;
}

void Links::add_peer(const base::PeerId& peer, bool manual, base::Now now, Effects& out) {
    if (peer == self_) return;
    auto known = peers_.find(peer);
    if (known == peers_.end()) {
        if (peers_.size() >= limits::known_peers_max) return;
        known = peers_.emplace(peer, PeerState{}).first;
        known->second.known = KnownPeer{peer, manual, now.wall, base::WallTime{}};
    }
    known->second.known.manual = known->second.known.manual || manual;
    known->second.next_try = base::MonoTime{};  // the user asked: at once
    if (manual) banned_until_.erase(peer);
    out.push_back(KeepPeer{known->second.known});
    out.push_back(Notify{PeerChanged{peer}});
}

void Links::remove_peer(const base::PeerId& peer, Effects& out) {
    if (peers_.erase(peer) == 0) return;
    out.push_back(DropPeer{peer});
    if (const auto link = link_of(peer)) drop(*link, std::nullopt, out);
    out.push_back(Notify{PeerChanged{peer}});
}

void Links::punish(base::LinkId id, Fault fault, base::Now now, Effects& out) {
    out.push_back(Notify{Refused{id, fault}});
    const LinkState* link = find(id);
    const bool ends =
        base::cost(fault) == base::Cost::link || fault == Fault::wrong_protocol || fault == Fault::silent;
    if (!link || !ends) return;
    const auto peer = link->peer;
    drop(id, fault, out);
    if (!peer) return;
    if (base::cost(fault) == base::Cost::link) ban(*peer, now);
    if (const auto known = peers_.find(*peer); known != peers_.end()) {
        known->second.last_error = std::string(base::name(fault));
        back_off(known->second, now);
    }
    out.push_back(Notify{PeerChanged{*peer}});
}

void Links::on_timer(base::Now now, Effects& out) {
    std::vector<base::LinkId> silent;
    std::vector<base::LinkId> overstayed;
    for (auto& [id, link] : links_) {
        if (link_deadline(link) > now.mono) continue;
        if (link.anonymous() && link.greeted()) {
            overstayed.push_back(id);
        } else if (!link.greeted() || link.ping_nonce) {
            silent.push_back(id);
        } else {
            link.ping_nonce = rng_.next();
            link.ping_sent = now.mono;
            out.push_back(Send{id, encode(Ping{*link.ping_nonce})});
        }
    }
    for (base::LinkId id : silent) punish(id, Fault::silent, now, out);
    for (base::LinkId id : overstayed) drop(id, std::nullopt, out);
    if (!network_ready_) return;
    std::size_t outbound = count(true);
    for (const auto& [id, peer] : peers_) outbound += peer.dialling ? 1 : 0;
    std::vector<base::PeerId> due;
    for (const auto& [id, peer] : peers_)
        if (!peer.dialling && peer.next_try <= now.mono && !is_banned(id, now) && !link_of(id))
            due.push_back(id);
    // In random order: a key ground to sort first is not dialled first.
    for (; outbound < limits::outbound_links_max && !due.empty(); ++outbound) {
        std::swap(due[rng_.below(due.size())], due.back());
        PeerState& peer = peers_.at(due.back());
        peer.dialling = true;
        const base::Millis patience = doubled(limits::dial_wait_first, peer.failures, limits::dial_wait);
        out.push_back(Dial{due.back(), patience});
        due.pop_back();
    }
}

base::MonoTime Links::next_deadline(base::Now now) const {
    base::MonoTime next = base::never;
    for (const auto& [id, link] : links_) next = std::min(next, link_deadline(link));
    if (!network_ready_) return next;
    std::size_t outbound = count(true);
    for (const auto& [id, peer] : peers_) outbound += peer.dialling ? 1 : 0;
    if (outbound >= limits::outbound_links_max) return next;
    for (const auto& [id, peer] : peers_) {
        if (peer.dialling || link_of(id)) continue;
        const auto banned = banned_until_.find(id);
        const base::MonoTime free = banned == banned_until_.end() ? base::MonoTime{} : banned->second;
        next = std::min(next, std::max({peer.next_try, free, now.mono}));
    }
    return next;
}

std::optional<base::Seconds> Links::clock_offset() const {
    std::vector<base::Seconds> offsets;
    for (const auto& [id, link] : links_)
        if (link.greeted() && !link.anonymous()) offsets.push_back(link.clock_offset);
    if (offsets.size() < 3) return std::nullopt;
    const auto middle = offsets.begin() + static_cast<std::ptrdiff_t>(offsets.size() / 2);
    std::nth_element(offsets.begin(), middle, offsets.end());
    return *middle;
}

}  // namespace hearsay::core
