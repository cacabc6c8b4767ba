// Whom to dial and whom to ask, as it is due: rules 1 to 13 of discovery.hpp.
#include <algorithm>
#include <iterator>

#include "base/limits/discovery.hpp"
#include "base/limits/links.hpp"
#include "base/waits.hpp"
#include "core/discovery/discovery.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;
using base::Millis;

std::size_t standing(const Links& links) {
    return static_cast<std::size_t>(std::count_if(links.all().begin(), links.all().end(),
                                                  [](const auto& entry) { return entry.second.stands(); }));
}

// Of an entry of the book: what ties() and is_long_known() say of a key, without looking it up. Whoever walks the book
// asks this of thousands.
bool is_proved(const PeerState& peer) {
    return peer.known.first_proved != base::WallTime{};
}
bool is_aged(const PeerState& peer, base::WallTime now) {
    return is_proved(peer) && now - peer.known.first_proved >= limits::long_tried_age;
}

}  // namespace

struct Discovery::Round {
    base::Now now;
    Links& links;
    Effects& out;
};

void Discovery::on_timer(base::Now now, Links& links, Effects& out) {
    Round round{now, links, out};
    expire_questions(round);
    if (!network_ready_) return;
    const std::size_t links_now = standing(links);
    eager_ = settings_.discover &&
             (table_.size() < limits::eager_contacts || links_now < settings_.min_connections);
    fill(round);
    if (!settings_.discover) return;
    visit_bootstrapper(round);
    advance_lookup(round);
    send_visits(round);
    refresh(round);
    rotate(round);
    choose_anchors(round);
}

base::MonoTime Discovery::next_deadline() const {
    base::MonoTime next = base::never;
    for (const auto& [at, question] : questions_) next = std::min(next, question.until);
    if (!network_ready_) return next;
    next = std::min(next, fill_at_);
    if (!settings_.discover) return next;
    if (lookup_due_) return base::MonoTime{};
    if (!lookup_ && table_.size() > 0) next = std::min(next, own_lookup_at_);
    return std::min({next, visit_at_, bootstrap_at_, refresh_at_, rotate_at_, anchors_at_});
}

// ---- who may be dialled ------------------------------------------------------------------------

bool Discovery::may_visit(const base::PeerId& peer, const Round& round) const {
    if (peer == self_ || dials_.contains(peer) || round.links.is_shunned(peer, round.now)) return false;
    if (is_banned(peer, round.now.wall)) return false;
    const auto paused = paused_.find(peer);
    if (paused != paused_.end() && paused->second.until > round.now.mono) return false;
    // Who dialled us may be visited: only so do we learn that others can reach it.
    const auto linked = round.links.link_of(peer);
    if (linked && round.links.find(*linked)->outbound) return false;
    return std::none_of(visits_.begin(), visits_.end(),
                        [&](const auto& visit) { return visit.second == peer; });
}

// A friend's failures only cost time: he is tried when his next try is due.
bool Discovery::may_link(const PeerState& peer, const Round& round) const {
    const base::PeerId& id = peer.known.peer;
    return peer.next_try <= round.now.mono && id != self_ && !dials_.contains(id) &&
           !round.links.is_shunned(id, round.now) && peer.known.banned_until <= round.now.wall &&
           !round.links.link_of(id);
}

void Discovery::dial(const base::PeerId& peer, DialUnderWay what, Round& round) {
    const auto known = peers_.find(peer);
    const auto paused = paused_.find(peer);
    std::uint32_t failures = known == peers_.end() ? 0 : known->second.failures;
    if (paused != paused_.end()) failures = std::max(failures, paused->second.failures);
    dials_[peer] = what;
    round.out.push_back(Dial{peer, base::doubled(limits::dial_wait_first, failures, limits::dial_wait)});
}

std::size_t Discovery::count_places(Place place) const {
    std::size_t out = 0;
    for (const auto& [link, of] : places_) out += of == place ? 1 : 0;
    for (const auto& [peer, under_way] : dials_)
        out += under_way.errand == Errand::link && under_way.place == place ? 1 : 0;
    return out;
}

std::size_t Discovery::visits_under_way() const {
    std::size_t out = visits_.size();
    for (const auto& [peer, under_way] : dials_) out += under_way.errand == Errand::visit ? 1 : 0;
    return out;
}

// ---- links -------------------------------------------------------------------------------------

void Discovery::fill(Round& round) {
    if (fill_at_ > round.now.mono) return;
    make_way_for_friends(round);
    std::size_t outbound = round.links.count(true);
    for (const auto& [peer, under_way] : dials_) outbound += under_way.errand == Errand::link ? 1 : 0;
    for (; outbound < settings_.degree; ++outbound) {
        const auto choice = choose_link(round);
        if (!choice) {
            fill_at_ = next_fill(round);
            return;
        }
        dial(choice->first, {Errand::link, choice->second}, round);
    }
    fill_at_ = base::never;  // until a link or a dial ends
}

// When somebody will be due who is not now.
base::MonoTime Discovery::next_fill(const Round& round) const {
    base::MonoTime next = base::never;
    const auto later = [&](base::MonoTime at) {
        if (at > round.now.mono) next = std::min(next, at);
    };
    for (const auto& [id, peer] : peers_) {
        if (!settings_.discover && !peer.known.manual) continue;
        if (dials_.contains(id) || round.links.link_of(id)) continue;
        later(std::max(peer.next_try, round.links.scores().shunned_until(id)));
        if (peer.known.banned_until > round.now.wall)
            later(round.now.mono +
                  std::chrono::duration_cast<Millis>(peer.known.banned_until - round.now.wall));
    }
    if (settings_.discover)
        for (const auto& [id, pause] : paused_) later(pause.until);
    return next;
}

std::optional<std::pair<base::PeerId, Place>> Discovery::choose_link(Round& round) {
    std::vector<base::PeerId> friends;
    for (const auto& [id, peer] : peers_)
        if (peer.known.manual && may_link(peer, round)) friends.push_back(id);
    // In random order: a key ground to sort first is not dialled first.
    if (!friends.empty()) return std::pair(friends[rng_.below(friends.size())], Place::friendly);
    if (!settings_.discover) return std::nullopt;
    for (const base::PeerId& id : anchors_) {
        const auto known = peers_.find(id);
        if (known != peers_.end() && known->second.failures < limits::anchor_tries_max &&
            may_link(known->second, round))
            return std::pair(id, Place::anchor);
    }
    const std::size_t quota = std::max<std::size_t>(1, settings_.degree * limits::long_tried_of_eight / 8);
    if (settings_.trust_age && count_places(Place::long_tried) < quota)
        if (const auto peer = choose_of_book(round, true)) return std::pair(*peer, Place::long_tried);
    if (const auto peer = choose_random(round)) return std::pair(*peer, Place::random);
    return std::nullopt;
}

// One of the proved peers at random; `aged`: of those proved long ago.
std::optional<base::PeerId> Discovery::choose_of_book(Round& round, bool aged) {
    std::vector<base::PeerId> fit;
    for (const auto& [id, peer] : peers_) {
        if (!is_proved(peer) || (aged && !is_aged(peer, round.now.wall))) continue;
        if (may_link(peer, round)) fit.push_back(id);
    }
    if (fit.empty()) return std::nullopt;
    return fit[rng_.below(fit.size())];
}

std::optional<base::PeerId> Discovery::choose_random(Round& round) {
    const auto of_candidates = [&] {
        return candidates_.choose(
            [&](const base::PeerId& peer) { return may_visit(peer, round) && !round.links.link_of(peer); });
    };
    const bool candidates_first = rng_.below(2) == 0;
    auto peer = candidates_first ? of_candidates() : choose_of_book(round, false);
    if (!peer) peer = candidates_first ? choose_of_book(round, false) : of_candidates();
    return peer;
}

// The cheap question first: this runs with nearly every input, and the book may hold thousands.
void Discovery::make_way_for_friends(Round& round) {
    if (round.links.count(true) < settings_.degree) return;
    const bool waits = std::any_of(peers_.begin(), peers_.end(), [&](const auto& entry) {
        return entry.second.known.manual && may_link(entry.second, round);
    });
    if (!waits) return;
    for (const auto& [link, place] : places_)
        if (place == Place::random) return round.links.end(link, round.out);
}

// So that whom we are linked to does not depend on one day for ever.
void Discovery::rotate(Round& round) {
    if (rotate_at_ > round.now.mono) return;
    rotate_at_ = round.now.mono + rng_.between(limits::rotate_wait_min, limits::rotate_wait_max);
    std::vector<base::LinkId> fit;
    for (const auto& [link, place] : places_) {
        const LinkState* state = round.links.find(link);
        if (place == Place::random && state && state->stands() &&
            round.now.mono - state->since >= limits::rotate_age)
            fit.push_back(link);
    }
    if (fit.empty() || round.links.count(true) < settings_.degree) return;
    const base::LinkId link = fit[rng_.below(fit.size())];
    // total: fit has links that stand, and those have a peer
    if (const auto known = peers_.find(*round.links.find(link)->peer); known != peers_.end())
        known->second.next_try = round.now.mono + limits::rotate_age;
    round.links.end(link, round.out);
}

// The outbound links that have lasted longest, friends aside: those are dialled anyway.
void Discovery::choose_anchors(Round& round) {
    if (anchors_at_ > round.now.mono) return;
    anchors_at_ = round.now.mono + limits::anchor_age;
    std::vector<std::pair<base::MonoTime, base::PeerId>> lasting;
    for (const auto& [link, place] : places_) {
        const LinkState* state = round.links.find(link);
        if (place == Place::friendly || !state || !state->stands()) continue;
        if (round.now.mono - state->since >= limits::anchor_age)
            lasting.emplace_back(state->since, *state->peer);
    }
    if (lasting.empty()) return;  // those of the last run stay
    std::sort(lasting.begin(), lasting.end());
    lasting.resize(std::min(lasting.size(), limits::anchors_max));
    for (auto& [id, peer] : peers_) {
        const bool anchor = std::any_of(lasting.begin(), lasting.end(),
                                        [&](const auto& entry) { return entry.second == id; });
        if (std::exchange(peer.known.anchor, anchor) != anchor) keep(peer, round.out);
    }
}

// ---- visits ------------------------------------------------------------------------------------

void Discovery::send_visits(Round& round) {
    if (visit_at_ > round.now.mono) return;
    const bool busy = eager_ || !near_.empty();
    const std::size_t most = busy ? limits::visits_max : 1;
    growing_ = false;
    while (visits_under_way() < most) {
        const auto peer = choose_visit(round);
        if (!peer) break;
        dial(*peer, {Errand::visit, Place::random}, round);
    }
    if (eager_) ask_again(round);
    const Millis wait = growing_ ? limits::feeler_wait : limits::feeler_rest;
    // Busy ones are woken by the end of a visit, too.
    visit_at_ = round.now.mono + (eager_ ? std::max(Millis(1), ask_again_at_ - round.now.mono)
                                  : busy ? limits::find_wait
                                         : rng_.between(wait / 2, wait + wait / 2));
    if (!eager_) return;
    for (const auto& [id, pause] : paused_)  // to be tried again
        if (pause.until > round.now.mono) visit_at_ = std::min(visit_at_, pause.until);
}

std::optional<base::PeerId> Discovery::choose_visit(Round& round) {
    for (const auto& [far, peer] : near_)
        if (may_visit(peer, round)) return peer;
    std::erase_if(near_, [&](const auto& entry) {  // linked meanwhile, or to be tried later as any other
        return !dials_.contains(entry.second) && !may_visit(entry.second, round);
    });
    const auto fills = candidates_.choose(
        [&](const base::PeerId& peer) { return table_.has_room(peer) && may_visit(peer, round); });
    if (fills) {
        growing_ = true;
        return fills;
    }
    if (const auto lost = choose_lost(round)) return lost;
    return eager_ ? std::nullopt : choose_feeler(round);
}

// Whoever did not answer lately, or has no bucket and would find one.
std::optional<base::PeerId> Discovery::choose_lost(Round& round) {
    std::vector<base::PeerId> fit;
    for (const auto& [id, peer] : peers_) {
        if (!is_proved(peer)) continue;
        const bool failing = peer.unanswered > 0 && table_.contains(id);
        if ((failing || table_.has_room(id)) && may_visit(id, round)) fit.push_back(id);
    }
    if (fit.empty()) return std::nullopt;
    return fit[rng_.below(fit.size())];
}

// Nobody is missing: what the table wants pinged, a candidate, or a contact that we have not heard for a while.
std::optional<base::PeerId> Discovery::choose_feeler(Round& round) {
    for (auto ping = pings_.begin(); ping != pings_.end();) {
        const base::PeerId peer = *ping;
        if (may_visit(peer, round)) return peer;
        ping = dials_.contains(peer) ? std::next(ping) : pings_.erase(ping);
        if (round.links.link_of(peer))
            table_.on_proved(peer);  // it is there: we are talking to it
        else if (!dials_.contains(peer))
            table_.on_failed(peer);
    }
    if (rng_.below(2) == 0)
        if (const auto peer =
                candidates_.choose([&](const base::PeerId& one) { return may_visit(one, round); }))
            return peer;
    base::NodeId anywhere;
    rng_.fill(anywhere);
    for (const base::PeerId& peer : table_.closest(anywhere, limits::bucket_contacts_max))
        if (may_visit(peer, round)) return peer;
    return std::nullopt;
}

// Those who know us may know more by now: over open links first, because that costs no circuit.
void Discovery::ask_again(Round& round) {
    if (ask_again_at_ > round.now.mono) return;
    ask_again_at_ =
        round.now.mono + base::doubled(limits::ask_again_first, asked_again_++, limits::ask_again_most);
    base::NodeId anywhere;
    rng_.fill(anywhere);
    std::size_t asked = 0;
    for (const auto& [link, state] : round.links.all())
        if (state.stands() && asked < limits::visits_max && rng_.below(2) == 0)
            asked += ask(link, *state.peer, anywhere, false, round.now, round.out) ? 1 : 0;
    if (asked > 0 || visits_under_way() > 0) return;
    for (const base::PeerId& peer : table_.closest(anywhere, limits::bucket_contacts_max))
        if (may_visit(peer, round)) return dial(peer, {Errand::visit, Place::random}, round);
}

void Discovery::visit_bootstrapper(Round& round) {
    const auto& known = settings_.bootstrappers;
    if (known.empty() || standing(round.links) > 0) {
        bootstraps_ = 0;
        bootstrap_at_ = base::never;
        return;
    }
    if (bootstrap_at_ == base::never) bootstrap_at_ = round.now.mono;
    if (bootstrap_at_ > round.now.mono) return;
    bootstrap_at_ = round.now.mono +
                    base::doubled(limits::bootstrap_wait_first, ++bootstraps_, limits::bootstrap_wait_most);
    const base::PeerId& peer = known[rng_.below(known.size())];
    if (const auto paused = paused_.find(peer); paused != paused_.end())
        paused->second.until = round.now.mono;
    if (may_visit(peer, round)) dial(peer, {Errand::visit, Place::random}, round);
}

// ---- look-ups and questions ----------------------------------------------------------------------

void Discovery::begin_lookup(const base::NodeId& target, bool own) {
    lookup_.emplace(self_, target, table_.closest(target, limits::bucket_contacts_max));
    own_lookup_ = own;
    lookup_waits_.clear();
}

void Discovery::advance_lookup(Round& round) {
    lookup_due_ = false;
    if (!lookup_ && !wanted_lookups_.empty()) {
        begin_lookup(wanted_lookups_.front(), false);
        wanted_lookups_.pop_front();
    } else if (!lookup_ && table_.size() > 0 && own_lookup_at_ <= round.now.mono) {
        begin_lookup(table_.self(), true);
    }
    if (!lookup_) return;
    while (const auto peer = lookup_->next()) {
        const auto linked = round.links.link_of(*peer);
        const LinkState* state = linked ? round.links.find(*linked) : nullptr;
        if (state && state->stands()) {
            if (!ask(*linked, *peer, lookup_->target(), true, round.now, round.out))
                lookup_->on_no_answer(*peer);
        } else if (dials_.contains(*peer) || state) {
            lookup_waits_.insert(*peer);  // it is asked once it has greeted
        } else if (may_visit(*peer, round)) {
            lookup_waits_.insert(*peer);
            dial(*peer, {Errand::visit, Place::random}, round);
        } else {
            lookup_->on_no_answer(*peer);
        }
    }
    if (!lookup_->is_done()) return;
    table_.on_looked_up(lookup_->target(), round.now.mono);
    round.out.push_back(
        Notify{LookedUp{lookup_->target(), lookup_->found(), lookup_->hops(), lookup_->asked()}});
    if (own_lookup_)
        own_lookup_at_ = own_lookups_ < std::size(limits::own_lookup_waits)
                             ? round.now.mono + limits::own_lookup_waits[own_lookups_++]
                             : base::never;
    lookup_.reset();
    lookup_due_ = !wanted_lookups_.empty();
}

// Over open links only.
void Discovery::refresh(Round& round) {
    refresh_at_ = base::never;
    std::vector<base::LinkId> fit;
    for (const auto& [link, state] : round.links.all())
        if (state.stands()) fit.push_back(link);
    if (fit.empty()) return;
    if (const auto bucket = table_.bucket_to_refresh(round.now.mono)) {
        const base::NodeId target = table_.random_id_in(*bucket, rng_);
        table_.on_looked_up(target, round.now.mono);
        for (std::size_t left = limits::visits_max; left > 0 && !fit.empty(); --left) {
            std::swap(fit[rng_.below(fit.size())], fit.back());
            // total: links that stand have a peer
            ask(fit.back(), *round.links.find(fit.back())->peer, target, false, round.now, round.out);
            fit.pop_back();
        }
    }
    refresh_at_ = table_.next_refresh();
}

void Discovery::expire_questions(Round& round) {
    std::vector<base::LinkId> over;
    for (auto question = questions_.begin(); question != questions_.end();) {
        if (question->second.until > round.now.mono) {
            ++question;
            continue;
        }
        const auto [key, late] = *question;
        question = questions_.erase(question);
        if (late.looks_up) no_answer(late.peer);
        if (visits_.contains(key.first)) over.push_back(key.first);
    }
    for (const base::LinkId link : over) round.links.end(link, round.out);
}

}  // namespace hearsay::core
