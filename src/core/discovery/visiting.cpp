#include "core/discovery/visiting.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/limits/discovery.hpp"
#include "base/limits/links.hpp"
#include "base/waits.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::Millis;

std::size_t standing(const Links& links) {
    return static_cast<std::size_t>(
        std::count_if(links.all().begin(), links.all().end(),
                      [](const auto& entry) { return entry.second.stands(); }));
}

}  // namespace

void Visiting::on_network_ready(base::Now now) {
    bootstraps_ = 0;
    bootstrap_at_ = now.mono;
}

void Visiting::wake(base::Now now) {
    if (eager_ || !introductions_.near().empty()) visit_at_ = std::min(visit_at_, now.mono);
}

void Visiting::look_around(const DialRound& round) {
    eager_ = settings_.discover && (book_.table().size() < limits::eager_contacts ||
                                    standing(round.links) < settings_.min_connections);
}

void Visiting::send_visits(DialRound& round) {
    if (visit_at_ > round.now.mono) return;
    const bool busy = eager_ || !introductions_.near().empty();
    const std::size_t most = busy ? limits::visits_max : 1;
    growing_ = false;
    while (dials_.visits_under_way() < most) {
        const auto peer = choose(round);
        if (!peer) break;
        dials_.visit(*peer, round);
    }
    if (eager_) ask_again(round);
    const Millis wait = growing_ ? limits::feeler_wait : limits::feeler_rest;
    // Busy ones are woken by the end of a visit, too.
    visit_at_ = round.now.mono + (eager_ ? std::max(Millis(1), ask_again_at_ - round.now.mono)
                                  : busy ? limits::find_wait
                                         : rng_.between(wait / 2, wait + wait / 2));
    if (eager_) visit_at_ = std::min(visit_at_, dials_.next_pause_end(round.now.mono));
}

std::optional<base::PeerId> Visiting::choose(DialRound& round) {
    if (const auto near = choose_near(round)) return near;
    const auto fills = introductions_.candidates().choose([&](const base::PeerId& peer) {
        return book_.table().has_room(peer) && dials_.may_visit(peer, round);
    });
    if (fills) {
        growing_ = true;
        return fills;
    }
    if (const auto lost = choose_lost(round)) return lost;
    return eager_ ? std::nullopt : choose_feeler(round);
}

std::optional<base::PeerId> Visiting::choose_near(DialRound& round) {
    auto& near = introductions_.near();
    for (const auto& [far, peer] : near)
        if (dials_.may_visit(peer, round)) return peer;
    // Linked meanwhile, or to be tried later as any other.
    std::erase_if(near, [&](const auto& entry) { return !dials_.is_dialling(entry.second); });
    return std::nullopt;
}

// Whoever did not answer lately, or has no bucket and would find one.
std::optional<base::PeerId> Visiting::choose_lost(DialRound& round) {
    const RoutingTable& table = book_.table();
    std::vector<base::PeerId> fit;
    for (const auto& [id, peer] : book_.peers()) {
        if (!peer.is_proved()) continue;
        const bool failing = peer.unanswered > 0 && table.contains(id);
        if ((failing || table.has_room(id)) && dials_.may_visit(id, round)) fit.push_back(id);
    }
    if (fit.empty()) return std::nullopt;
    return fit[rng_.below(fit.size())];
}

// Nobody is missing: what the table wants pinged, a candidate, or a contact that we have not heard
// for a while.
std::optional<base::PeerId> Visiting::choose_feeler(DialRound& round) {
    if (const auto ping = choose_ping(round)) return ping;
    if (rng_.below(2) == 0)
        if (const auto peer = introductions_.candidates().choose(
                [&](const base::PeerId& one) { return dials_.may_visit(one, round); }))
            return peer;
    base::NodeId anywhere;
    rng_.fill(anywhere);
    return contact_near(anywhere, round);
}

std::optional<base::PeerId> Visiting::choose_ping(DialRound& round) {
    for (auto at = book_.pings().begin(); at != book_.pings().end();) {
        const base::PeerId peer = *at++;
        if (dials_.may_visit(peer, round)) return peer;
        const bool dialling = dials_.is_dialling(peer);
        if (!dialling) book_.drop_ping(peer);
        if (round.links.link_of(peer))
            book_.table().on_proved(peer);  // it is there: we are talking to it
        else if (!dialling)
            book_.table().on_failed(peer);
    }
    return std::nullopt;
}

std::optional<base::PeerId> Visiting::contact_near(const base::NodeId& anywhere,
                                                   const DialRound& round) const {
    for (const base::PeerId& peer : book_.table().closest(anywhere, limits::bucket_contacts_max))
        if (dials_.may_visit(peer, round)) return peer;
    return std::nullopt;
}

// Those who know us may know more by now: over open links first, because that costs no circuit.
void Visiting::ask_again(DialRound& round) {
    if (ask_again_at_ > round.now.mono) return;
    ask_again_at_ = round.now.mono +
                    base::doubled(limits::ask_again_first, asked_again_++, limits::ask_again_most);
    base::NodeId anywhere;
    rng_.fill(anywhere);
    std::size_t asked = 0;
    for (const auto& [link, state] : round.links.all())
        if (state.stands() && asked < limits::visits_max && rng_.below(2) == 0)
            asked +=
                questions_.ask(link, *state.peer, anywhere, false, round.now, round.out) ? 1 : 0;
    if (asked > 0 || dials_.visits_under_way() > 0) return;
    if (const auto peer = contact_near(anywhere, round)) dials_.visit(*peer, round);
}

void Visiting::visit_bootstrapper(DialRound& round) {
    const auto& known = settings_.bootstrappers;
    if (known.empty() || standing(round.links) > 0) {
        bootstraps_ = 0;
        bootstrap_at_ = base::never;
        return;
    }
    if (bootstrap_at_ == base::never) bootstrap_at_ = round.now.mono;
    if (bootstrap_at_ > round.now.mono) return;
    bootstrap_at_ = round.now.mono + base::doubled(limits::bootstrap_wait_first, ++bootstraps_,
                                                   limits::bootstrap_wait_most);
    const base::PeerId& peer = known[rng_.below(known.size())];
    dials_.interrupt_pause(peer, round.now.mono);
    if (dials_.may_visit(peer, round)) dials_.visit(peer, round);
}

void Visiting::refresh(DialRound& round) {
    refresh_at_ = base::never;
    std::vector<base::LinkId> fit;
    for (const auto& [link, state] : round.links.all())
        if (state.stands()) fit.push_back(link);
    if (fit.empty()) return;
    RoutingTable& table = book_.table();
    if (const auto bucket = table.bucket_to_refresh(round.now.mono)) {
        const base::NodeId target = table.random_id_in(*bucket, rng_);
        table.on_looked_up(target, round.now.mono);
        for (std::size_t left = limits::visits_max; left > 0 && !fit.empty(); --left) {
            std::swap(fit[rng_.below(fit.size())], fit.back());
            const base::LinkId link = fit.back();
            // total: links that stand have a peer
            const base::PeerId& peer = *round.links.find(link)->peer;
            questions_.ask(link, peer, target, false, round.now, round.out);
            fit.pop_back();
        }
    }
    refresh_at_ = table.next_refresh();
}

}  // namespace hearsay::core
