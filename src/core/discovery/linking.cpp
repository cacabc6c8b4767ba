#include "core/discovery/linking.hpp"

#include <algorithm>

#include "base/limits/discovery.hpp"
#include "base/limits/links.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::Millis;

}  // namespace

void Linking::on_network_ready(base::Now now) {
    rotate_at_ = now.mono + rng_.between(limits::rotate_wait_min, limits::rotate_wait_max);
    anchors_at_ = now.mono + limits::anchor_age;
}

void Linking::on_link_ended(PeerState& peer, const EndedLink& ended, base::Now now) {
    if (ended.fault) peer.last_error = std::string(base::name(*ended.fault));
    if (ended.state.greeted() && now.mono - ended.state.since >= limits::lasting_link)
        peer.failures = 0;
    book_.back_off(peer, now, rng_);
}

void Linking::fill(DialRound& round) {
    if (fill_at_ > round.now.mono) return;
    make_way_for_pinned(round);
    std::size_t outbound = round.links.count(true) + dials_.links_being_made();
    for (; outbound < settings_.degree; ++outbound) {
        const auto choice = choose(round);
        if (!choice) {
            fill_at_ = next_fill(round);
            return;
        }
        dials_.link(choice->first, choice->second, round);
    }
    fill_at_ = base::never;  // until a link or a dial ends
}

// When somebody will be due who is not now.
base::MonoTime Linking::next_fill(const DialRound& round) const {
    base::MonoTime next = base::never;
    const auto later = [&](base::MonoTime at) {
        if (at > round.now.mono) next = std::min(next, at);
    };
    for (const auto& [id, peer] : book_.peers()) {
        if (!settings_.discover && !peer.known.pinned) continue;
        if (dials_.is_dialling(id) || round.links.link_of(id)) continue;
        later(std::max(peer.next_try, round.links.scores().shunned_until(id)));
        if (peer.is_banned(round.now.wall))
            later(round.now.mono +
                  std::chrono::duration_cast<Millis>(peer.known.banned_until - round.now.wall));
    }
    if (settings_.discover) later(dials_.next_pause_end(round.now.mono));
    return next;
}

std::optional<std::pair<base::PeerId, LinkKind>> Linking::choose(const DialRound& round) {
    if (const auto peer = choose_pinned(round)) return std::pair(*peer, LinkKind::pinned);
    if (!settings_.discover) return std::nullopt;
    for (const base::PeerId& id : anchors_) {
        const PeerState* known = book_.find(id);
        if (known && known->failures < limits::anchor_tries_max && dials_.may_link(*known, round))
            return std::pair(id, LinkKind::anchor);
    }
    const std::size_t quota =
        std::max<std::size_t>(1, settings_.degree * limits::long_tried_of_eight / 8);
    if (settings_.trust_age && dials_.count(LinkKind::long_tried) < quota)
        if (const auto peer = choose_of_book(round, true))
            return std::pair(*peer, LinkKind::long_tried);
    if (const auto peer = choose_random(round)) return std::pair(*peer, LinkKind::random);
    return std::nullopt;
}

// In random order: a key ground to sort first is not dialled first.
std::optional<base::PeerId> Linking::choose_pinned(const DialRound& round) {
    std::vector<base::PeerId> pinned;
    for (const auto& [id, peer] : book_.peers())
        if (peer.known.pinned && dials_.may_link(peer, round)) pinned.push_back(id);
    if (pinned.empty()) return std::nullopt;
    return pinned[rng_.below(pinned.size())];
}

// One of the proved peers at random; `aged`: of those proved long ago.
std::optional<base::PeerId> Linking::choose_of_book(const DialRound& round, bool aged) {
    std::vector<base::PeerId> fit;
    for (const auto& [id, peer] : book_.peers()) {
        if (!peer.is_proved() || (aged && !peer.is_long_known(round.now.wall))) continue;
        if (dials_.may_link(peer, round)) fit.push_back(id);
    }
    if (fit.empty()) return std::nullopt;
    return fit[rng_.below(fit.size())];
}

std::optional<base::PeerId> Linking::choose_random(const DialRound& round) {
    const auto of_candidates = [&] {
        return introductions_.candidates().choose([&](const base::PeerId& peer) {
            return dials_.may_visit(peer, round) && !round.links.link_of(peer);
        });
    };
    const bool candidates_first = rng_.below(2) == 0;
    auto peer = candidates_first ? of_candidates() : choose_of_book(round, false);
    if (!peer) peer = candidates_first ? choose_of_book(round, false) : of_candidates();
    return peer;
}

// The cheap question first: this runs with nearly every input, and the book may hold thousands.
void Linking::make_way_for_pinned(DialRound& round) {
    if (round.links.count(true) < settings_.degree) return;
    const auto& peers = book_.peers();
    const bool waits = std::any_of(peers.begin(), peers.end(), [&](const auto& entry) {
        return entry.second.known.pinned && dials_.may_link(entry.second, round);
    });
    if (!waits) return;
    for (const auto& [link, kind] : dials_.kinds())
        if (kind == LinkKind::random) return round.links.end(link, round.out);
}

void Linking::rotate(DialRound& round) {
    if (rotate_at_ > round.now.mono) return;
    rotate_at_ = round.now.mono + rng_.between(limits::rotate_wait_min, limits::rotate_wait_max);
    std::vector<base::LinkId> fit;
    for (const auto& [link, kind] : dials_.kinds()) {
        const LinkState* state = round.links.find(link);
        if (kind == LinkKind::random && state && state->stands() &&
            round.now.mono - state->since >= limits::rotate_age)
            fit.push_back(link);
    }
    if (fit.empty() || round.links.count(true) < settings_.degree) return;
    const base::LinkId link = fit[rng_.below(fit.size())];
    // total: fit has links that stand, and those have a peer
    if (PeerState* known = book_.find(*round.links.find(link)->peer))
        known->next_try = round.now.mono + limits::rotate_age;
    round.links.end(link, round.out);
}

// The outbound links that have lasted longest, pinned peers aside: those are dialled anyway.
void Linking::choose_anchors(DialRound& round) {
    if (anchors_at_ > round.now.mono) return;
    anchors_at_ = round.now.mono + limits::anchor_age;
    std::vector<std::pair<base::MonoTime, base::PeerId>> lasting;
    for (const auto& [link, kind] : dials_.kinds()) {
        const LinkState* state = round.links.find(link);
        if (kind == LinkKind::pinned || !state || !state->stands()) continue;
        if (round.now.mono - state->since >= limits::anchor_age)
            lasting.emplace_back(state->since, *state->peer);
    }
    if (lasting.empty()) return;  // those of the last run stay
    std::sort(lasting.begin(), lasting.end());
    lasting.resize(std::min(lasting.size(), limits::anchors_max));
    book_.mark_anchors(
        [&](const base::PeerId& peer) {
            return std::any_of(lasting.begin(), lasting.end(),
                               [&](const auto& entry) { return entry.second == peer; });
        },
        round.out);
}

}  // namespace hearsay::core
