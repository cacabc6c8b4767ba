#include "core/discovery/discovery.hpp"

#include <algorithm>

#include "base/limits/discovery.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;

}  // namespace

Discovery::Discovery(base::PeerId self, DiscoverySettings settings, base::Rng rng)
    : self_(self),
      settings_(std::move(settings)),
      rng_(std::move(rng)),
      book_(self),
      introductions_(self, rng_.fork()),
      dials_(self, book_),
      lookups_(self),
      linking_(settings_, book_, introductions_, dials_, rng_),
      visiting_(settings_, book_, introductions_, dials_, questions_, rng_) {}

void Discovery::restore(const KnownPeer& peer) {
    if (peer.peer == self_) return;  // a key may have become ours since
    book_.restore(peer);
    if (peer.anchor) linking_.restore_anchor(peer.peer);
}

void Discovery::restore(const Candidate& candidate) {
    introductions_.restore(candidate, book_.table());
}

void Discovery::set_network_ready(bool ready, base::Now now) {
    if (ready && !network_ready_) {
        book_.forgive_all();
        dials_.end_all_pauses();
        visiting_.on_network_ready(now);
        lookups_.on_network_ready(now);
        linking_.on_network_ready(now);
        wake(now);
    }
    network_ready_ = ready;
}

void Discovery::wake(base::Now now) {
    linking_.wake(now);
    visiting_.wake(now);
}

std::optional<LinkKind> Discovery::kind_of(base::LinkId link) const {
    const auto kind = dials_.kinds().find(link);
    return kind == dials_.kinds().end() ? std::nullopt : std::optional(kind->second);
}

// ---- what we know -------------------------------------------------------------------------------

// Its entry in the book, made if there is none; null if there is no room.
PeerState* Discovery::enter(const base::PeerId& peer, base::Now now, Effects& out) {
    if (PeerState* known = book_.find(peer)) return known;
    PeerState* const entry = book_.enter(peer, now, out);
    if (entry) introductions_.erase(peer, out);
    return entry;
}

// It answered a dial of ours with its key.
void Discovery::prove(const base::PeerId& peer, base::Now now, Effects& out) {
    introductions_.on_tried(peer);
    book_.drop_ping(peer);
    dials_.end_pause(peer);
    PeerState* const entry = enter(peer, now, out);
    if (!entry) return;
    Book::prove(*entry, now, out);
    introductions_.erase(peer, out);
    if (settings_.discover) book_.on_answered(peer);
}

void Discovery::fail(const base::PeerId& peer, const std::string& why, base::Now now,
                     Effects& out) {
    introductions_.on_tried(peer);
    book_.drop_ping(peer);
    lookups_.on_no_answer(peer);
    dials_.pause(peer, now, rng_);
    introductions_.on_failed(peer, out);
    if (PeerState* known = book_.find(peer)) book_.on_failed(*known, why, now, rng_);
}

void Discovery::on_introduced(const base::PeerId& peer, base::Now now) {
    visiting_.on_introduced();
    // Others say that it is there: once more, though it did not answer us lately. Not for keys that
    // never answered: anybody can invent those, and name them again and again.
    if (book_.ties(peer).proved) dials_.interrupt_pause(peer, now.mono);
    wake(now);
}

// ---- links --------------------------------------------------------------------------------------

std::optional<DialPurpose> Discovery::on_dialled(base::LinkId link, const base::PeerId& peer) {
    return dials_.on_dialled(link, peer);
}

void Discovery::on_link_refused(base::LinkId link, const base::PeerId& peer, base::Now now) {
    forget_link(link);
    lookups_.on_no_answer(peer);
    wake(now);
}

void Discovery::on_dial_failed(const base::PeerId& peer, const std::string& why, base::Now now,
                               Effects& out) {
    if (!dials_.on_failed(peer)) return;  // removed meanwhile
    fail(peer, why, now, out);
    wake(now);
    out.push_back(Notify{PeerChanged{peer}});
}

void Discovery::on_greeted(base::LinkId link, const LinkState& state, base::Now now, Effects& out) {
    if (state.anonymous()) return;
    const base::PeerId& peer = *state.peer;
    if (state.outbound) {
        prove(peer, now, out);
        if (!settings_.discover) return;
        const auto target = lookups_.on_reached(peer);
        questions_.ask(link, peer, target.value_or(table().self()), target.has_value(), now, out);
        wake(now);
        return;
    }
    PeerState* const known = book_.find(peer);
    if (known && known->is_proved()) {
        // Whoever comes and goes makes the disk work no more than now and then.
        base::WallTime& seen = known->known.last_seen;
        if (now.wall >= seen && now.wall - seen < limits::seen_again) return;
        seen = now.wall;
        if (!state.visit) out.push_back(KeepPeer{known->known});
    } else if (settings_.discover && state.listening &&
               introductions_.on_newcomer(peer, book_, now, out)) {
        on_introduced(peer, now);
    }
}

void Discovery::forget_link(base::LinkId link) {
    dials_.on_link_gone(link);
    for (const Questions::Question& question : questions_.take_all(link))
        if (question.looks_up) lookups_.on_no_answer(question.peer);
}

void Discovery::on_link_ended(const EndedLink& ended, base::Now now, Effects& out) {
    forget_link(ended.link);
    wake(now);
    if (ended.state.anonymous()) return;
    const base::PeerId& peer = *ended.state.peer;
    if (!ended.state.greeted()) lookups_.on_no_answer(peer);
    PeerState* const known = book_.find(peer);
    if (ended.banned && known) book_.ban_for(*known, *ended.fault, now, out);
    const bool left_unasked = ended.by_us && !ended.fault;
    if (ended.state.outbound && !ended.state.greeted() && !left_unasked) {
        const std::string why =
            ended.fault ? std::string(base::name(*ended.fault)) : "ended before its Hello";
        return fail(peer, why, now, out);
    }
    if (known && !ended.state.visit && !left_unasked) linking_.on_link_ended(*known, ended, now);
}

void Discovery::on_banned(const base::PeerId& peer, base::Fault fault, base::Now now,
                          Effects& out) {
    if (PeerState* const known = book_.find(peer)) book_.ban_for(*known, fault, now, out);
}

// ---- questions and answers ----------------------------------------------------------------------

void Discovery::on_find(base::LinkId link, const LinkState& state, const Find& find, Effects& out) {
    Contacts answer{find.number, {}};
    if (settings_.discover)
        answer.peers = table().closest(find.target, limits::contacts_per_answer_max + 1);
    if (state.peer) std::erase(answer.peers, *state.peer);
    if (answer.peers.size() > limits::contacts_per_answer_max) answer.peers.pop_back();
    out.push_back(Send{link, encode(answer)});
}

bool Discovery::on_contacts(base::LinkId link, const Contacts& contacts, base::Now now,
                            Effects& out) {
    const auto question = questions_.take(link, contacts.number);
    if (!question) return false;  // late, or never asked for: nobody listens
    for (const base::PeerId& peer : contacts.peers)
        if (introductions_.on_named(peer, question->peer, book_, now, out))
            on_introduced(peer, now);
    if (question->looks_up) lookups_.on_answer(question->peer, contacts.peers);
    if (table().contains(question->peer)) book_.on_answered(question->peer);
    return dials_.is_visit(link) && !questions_.has_open(link);
}

// ---- the user's words ---------------------------------------------------------------------------

void Discovery::add_peer(const base::PeerId& peer, bool pinned, base::Now now, Effects& out) {
    if (peer == self_) return;
    PeerState* const entry = enter(peer, now, out);
    if (!entry) return;
    entry->known.pinned = entry->known.pinned || pinned;
    entry->next_try = base::MonoTime{};  // the user asked: at once
    dials_.end_pause(peer);
    if (pinned) Book::lift_ban(*entry);
    out.push_back(KeepPeer{entry->known});
    wake(now);
    out.push_back(Notify{PeerChanged{peer}});
}

void Discovery::remove_peer(const base::PeerId& peer, base::Now now, Effects& out) {
    introductions_.erase(peer, out);
    dials_.forget(peer);
    if (!book_.erase(peer, out)) return;
    linking_.forget(peer);
    lookups_.on_no_answer(peer);
    wake(now);
    out.push_back(Notify{PeerChanged{peer}});
}

void Discovery::ban_peer(const base::PeerId& peer, base::Seconds how_long,
                         const std::string& reason, base::Now now, Effects& out) {
    if (peer == self_) return;
    add_peer(peer, false, now, out);
    PeerState* const known = book_.find(peer);
    if (!known) return;
    book_.ban(*known, how_long, reason, now);
    dials_.forget(peer);
    lookups_.on_no_answer(peer);
    out.push_back(KeepPeer{known->known});
}

void Discovery::unban_peer(const base::PeerId& peer, base::Now now, Effects& out) {
    PeerState* const known = book_.find(peer);
    if (!known) return;
    Book::lift_ban(*known);
    known->next_try = base::MonoTime{};
    out.push_back(KeepPeer{known->known});
    wake(now);
    out.push_back(Notify{PeerChanged{peer}});
}

void Discovery::suggest(const base::PeerId& peer, base::Now now, Effects& out) {
    if (introductions_.on_suggested(peer, book_, now, out)) on_introduced(peer, now);
}

// ---- time ---------------------------------------------------------------------------------------

void Discovery::on_timer(base::Now now, Links& links, Effects& out) {
    DialRound round{now, links, out};
    expire_questions(round);
    if (!network_ready_) return;
    visiting_.look_around(round);
    linking_.fill(round);
    if (!settings_.discover) return;
    visiting_.visit_bootstrapper(round);
    advance_lookups(round);
    visiting_.send_visits(round);
    visiting_.refresh(round);
    linking_.rotate(round);
    linking_.choose_anchors(round);
}

void Discovery::expire_questions(DialRound& round) {
    std::vector<base::LinkId> over;
    for (const auto& [link, late] : questions_.take_late(round.now.mono)) {
        if (late.looks_up) lookups_.on_no_answer(late.peer);
        if (dials_.is_visit(link)) over.push_back(link);
    }
    for (const base::LinkId link : over) round.links.end(link, round.out);
}

void Discovery::advance_lookups(DialRound& round) {
    using Reach = Lookups::Reach;
    const auto ask = [&](const base::PeerId& peer, const base::NodeId& target) {
        const auto linked = round.links.link_of(peer);
        const LinkState* state = linked ? round.links.find(*linked) : nullptr;
        if (state && state->stands())
            return questions_.ask(*linked, peer, target, true, round.now, round.out)
                       ? Reach::asked
                       : Reach::not_at_all;
        if (dials_.is_dialling(peer) || state) return Reach::later;  // asked once it has greeted
        if (!dials_.may_visit(peer, round)) return Reach::not_at_all;
        dials_.visit(peer, round);
        return Reach::later;
    };
    lookups_.advance(ask, book_.table(), round.now, round.out);
}

base::MonoTime Discovery::next_deadline() const {
    const base::MonoTime question = questions_.next_deadline();
    if (!network_ready_) return question;
    const base::MonoTime next = std::min(question, linking_.fill_at());
    if (!settings_.discover) return next;
    return std::min({next, lookups_.next_deadline(table().size() > 0), visiting_.next_deadline(),
                     linking_.next_change()});
}

void Discovery::sanity_check() const {
    book_.sanity_check();
    introductions_.sanity_check();
}

}  // namespace hearsay::core
