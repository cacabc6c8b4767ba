#include "core/discovery/discovery.hpp"

#include <algorithm>

#include "base/limits/discovery.hpp"
#include "base/limits/links.hpp"
#include "base/waits.hpp"

namespace hearsay::core {
namespace {

namespace limits = base::limits;

// The source of addresses from the settings.
constexpr base::PeerId from_settings = [] {
    base::PeerId out;
    out.data.fill(0xff);
    return out;
}();

}  // namespace

Discovery::Discovery(base::PeerId self, DiscoverySettings settings, base::Rng rng)
    : self_(self),
      settings_(std::move(settings)),
      rng_(std::move(rng)),
      table_(self),
      candidates_(rng_.fork()) {}

void Discovery::restore(const KnownPeer& peer) {
    if (peer.peer == self_) return;  // a key may have become ours since
    PeerState& state = peers_[peer.peer];
    state.known = peer;
    if (peer.anchor) anchors_.push_back(peer.peer);
    const bool proved = peer.first_proved != base::WallTime{};
    if (proved && peer.banned_until == base::WallTime{}) table_.on_proved(peer.peer);
}

void Discovery::restore(const Candidate& candidate) {
    if (candidate.peer != self_ && !table_.contains(candidate.peer)) candidates_.restore(candidate);
}

void Discovery::set_network_ready(bool ready, base::Now now) {
    if (ready && !network_ready_) {
        for (auto& [id, peer] : peers_) {
            peer.next_try = base::MonoTime{};
            peer.failures = 0;
            peer.unanswered = 0;
        }
        paused_.clear();
        bootstraps_ = 0;
        bootstrap_at_ = now.mono;
        own_lookups_ = 0;
        own_lookup_at_ = now.mono;
        rotate_at_ = now.mono + rng_.between(limits::rotate_wait_min, limits::rotate_wait_max);
        anchors_at_ = now.mono + limits::anchor_age;
        wake(now);
    }
    network_ready_ = ready;
}

void Discovery::wake(base::Now now) {
    fill_at_ = std::min(fill_at_, now.mono);
    if (eager_ || !near_.empty()) visit_at_ = std::min(visit_at_, now.mono);
}

std::optional<Errand> Discovery::dialling(const base::PeerId& peer) const {
    const auto dial = dials_.find(peer);
    return dial == dials_.end() ? std::nullopt : std::optional(dial->second.errand);
}

std::optional<Place> Discovery::place_of(base::LinkId link) const {
    const auto place = places_.find(link);
    return place == places_.end() ? std::nullopt : std::optional(place->second);
}

// ---- what we know ------------------------------------------------------------------------------

Ties Discovery::ties(const base::PeerId& peer) const {
    const auto known = peers_.find(peer);
    if (known == peers_.end()) return {};
    return {known->second.known.manual, known->second.known.first_proved != base::WallTime{}};
}

bool Discovery::is_banned(const base::PeerId& peer, base::WallTime now) const {
    const auto known = peers_.find(peer);
    return known != peers_.end() && known->second.known.banned_until > now;
}

bool Discovery::is_long_known(const base::PeerId& peer, base::WallTime now) const {
    const auto known = peers_.find(peer);
    return known != peers_.end() && known->second.known.first_proved != base::WallTime{} &&
           now - known->second.known.first_proved >= limits::long_tried_age;
}

void Discovery::keep(const PeerState& peer, Effects& out) const {
    out.push_back(KeepPeer{peer.known});
}

// Of those who are neither friends nor contacts nor banned, the one not seen for longest goes; then any contact.
bool Discovery::make_room(Effects& out) {
    if (peers_.size() < limits::known_peers_max) return true;
    const auto rank = [&](const PeerState& peer) {
        const bool kept =
            peer.known.manual || peer.known.anchor || peer.known.banned_until != base::WallTime{};
        return std::pair(kept ? 2 : table_.contains(peer.known.peer) ? 1 : 0, peer.known.last_seen);
    };
    const auto goes = std::min_element(peers_.begin(), peers_.end(), [&](const auto& a, const auto& b) {
        return rank(a.second) < rank(b.second);
    });
    if (rank(goes->second).first == 2) return false;
    table_.erase(goes->first);
    out.push_back(DropPeer{goes->first});
    peers_.erase(goes);
    return true;
}

// Its entry in the book, made if there is none; null if there is no room.
PeerState* Discovery::enter(const base::PeerId& peer, base::Now now, Effects& out) {
    if (const auto known = peers_.find(peer); known != peers_.end()) return &known->second;
    if (!make_room(out)) return nullptr;
    PeerState& entry = peers_[peer];
    entry.known.peer = peer;
    entry.known.added = now.wall;
    candidates_.erase(peer, out);
    return &entry;
}

// It answered a dial of ours with its key.
void Discovery::prove(const base::PeerId& peer, base::Now now, Effects& out) {
    near_.erase(distance(table_.self(), node_id_of(peer)));
    pings_.erase(peer);
    paused_.erase(peer);
    PeerState* const entry = enter(peer, now, out);
    if (!entry) return;
    KnownPeer& record = entry->known;
    if (record.first_proved == base::WallTime{}) record.first_proved = now.wall;
    record.last_seen = now.wall;
    entry->unanswered = 0;
    entry->last_error.clear();
    keep(*entry, out);
    candidates_.erase(peer, out);
    if (!settings_.discover) return;
    if (const auto ping = table_.on_proved(peer)) pings_.insert(*ping);
}

void Discovery::back_off(PeerState& peer, base::Now now) {
    peer.failures = std::min<std::uint32_t>(peer.failures + 1, 30);
    const base::Millis wait = base::doubled(limits::redial_first, peer.failures - 1, limits::redial_most);
    peer.next_try = now.mono + rng_.between(wait / 2, wait);
}

void Discovery::fail(const base::PeerId& peer, const std::string& why, base::Now now, Effects& out) {
    near_.erase(distance(table_.self(), node_id_of(peer)));
    pings_.erase(peer);
    no_answer(peer);
    if (paused_.size() >= limits::paused_peers_max)
        std::erase_if(paused_, [&](const auto& entry) { return entry.second.until <= now.mono; });
    if (paused_.size() < limits::paused_peers_max || paused_.contains(peer)) {
        Pause& pause = paused_[peer];
        const base::Millis most = ties(peer).proved ? limits::lost_pause_most : limits::candidate_pause_most;
        const base::Millis wait = base::doubled(limits::candidate_pause_first, pause.failures++, most);
        pause.until = now.mono + rng_.between(wait / 2, wait);
    }
    candidates_.on_failed(peer, out);
    const auto known = peers_.find(peer);
    if (known == peers_.end()) return;
    known->second.last_error = why;
    ++known->second.unanswered;
    back_off(known->second, now);
    table_.on_failed(peer);
}

void Discovery::hear_of(const base::PeerId& peer, const base::PeerId& source, base::Now now, Effects& out) {
    if (peer == self_ || table_.contains(peer) || is_banned(peer, now.wall)) return;
    // In no bucket though we know it: full ones, or it was gone and somebody says that it is back.
    if (ties(peer).proved && !table_.has_room(peer)) return;
    const bool news = !candidates_.contains(peer);
    candidates_.add(peer, source, now.wall, out);
    // Where all tell of the same ones, asking on would bring nothing.
    if (!news) return;
    asked_again_ = 0;
    // Others say that it is there: once more, though it did not answer us lately. Not for keys that never answered: anybody
    // can invent those, and name them again and again.
    if (const auto paused = paused_.find(peer); paused != paused_.end() && ties(peer).proved)
        paused->second.until = now.mono;
    note_near(peer);
    wake(now);
}

void Discovery::note_near(const base::PeerId& peer) {
    const base::NodeId id = node_id_of(peer);
    const auto nearest = table_.closest(table_.self(), limits::bucket_contacts_max);
    if (nearest.size() == limits::bucket_contacts_max &&
        !is_closer(table_.self(), id, node_id_of(nearest.back())))
        return;
    near_.emplace(distance(table_.self(), id), peer);
    if (near_.size() > limits::bucket_contacts_max) near_.erase(std::prev(near_.end()));
}

// ---- links ---------------------------------------------------------------------------------------

std::optional<Errand> Discovery::on_dialled(base::LinkId link, const base::PeerId& peer) {
    const auto dial = dials_.extract(peer);
    if (!dial) return std::nullopt;
    if (dial.mapped().errand == Errand::visit)
        visits_[link] = peer;
    else
        places_[link] = dial.mapped().place;
    return dial.mapped().errand;
}

void Discovery::on_link_refused(base::LinkId link, const base::PeerId& peer, base::Now now) {
    forget_link(link);
    no_answer(peer);
    wake(now);
}

void Discovery::on_dial_failed(const base::PeerId& peer, const std::string& why, base::Now now,
                               Effects& out) {
    if (dials_.erase(peer) == 0) return;  // removed meanwhile
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
        const bool looks_up = lookup_waits_.erase(peer) > 0 && lookup_;
        ask(link, peer, looks_up ? lookup_->target() : table_.self(), looks_up, now, out);
        wake(now);
        return;
    }
    const auto known = peers_.find(peer);
    if (known != peers_.end() && known->second.known.first_proved != base::WallTime{}) {
        // Whoever comes and goes makes the disk work no more than now and then.
        base::WallTime& seen = known->second.known.last_seen;
        if (now.wall >= seen && now.wall - seen < limits::seen_again) return;
        seen = now.wall;
        if (!state.visit) keep(known->second, out);
    } else if (settings_.discover && state.listening && newcomers_.take(limits::newcomers_burst, now.mono)) {
        hear_of(peer, Candidates::newcomers, now, out);
    }
}

void Discovery::forget_link(base::LinkId link) {
    places_.erase(link);
    visits_.erase(link);
    asked_.erase(link);
    for (auto question = questions_.lower_bound({link, 0});
         question != questions_.end() && question->first.first == link;) {
        if (question->second.looks_up) no_answer(question->second.peer);
        question = questions_.erase(question);
    }
}

void Discovery::on_link_ended(const EndedLink& ended, base::Now now, Effects& out) {
    forget_link(ended.link);
    wake(now);
    if (ended.state.anonymous()) return;
    const base::PeerId& peer = *ended.state.peer;
    if (!ended.state.greeted()) no_answer(peer);
    const auto known = peers_.find(peer);
    if (ended.banned && known != peers_.end() && !known->second.known.manual) {
        known->second.known.banned_until =
            now.wall + std::chrono::duration_cast<base::Seconds>(limits::ban_long);
        known->second.known.ban_reason = std::string(base::name(*ended.fault));
        table_.erase(peer);
        keep(known->second, out);
    }
    if (ended.state.outbound && !ended.state.greeted() && !(ended.by_us && !ended.fault)) {
        const std::string why =
            ended.fault ? std::string(base::name(*ended.fault)) : "ended before its Hello";
        return fail(peer, why, now, out);
    }
    if (known == peers_.end() || ended.state.visit || (ended.by_us && !ended.fault)) return;
    if (ended.fault) known->second.last_error = std::string(base::name(*ended.fault));
    if (ended.state.greeted() && now.mono - ended.state.since >= limits::lasting_link)
        known->second.failures = 0;
    back_off(known->second, now);
}

// ---- questions and answers -----------------------------------------------------------------------

bool Discovery::Budget::take(std::int64_t most, base::MonoTime now) {
    const std::int64_t more = (now - at) / limits::find_every;
    if (left + more >= most) {
        left = most;
        at = now;
    } else {
        left += more;
        at += more * limits::find_every;
    }
    if (left == 0) return false;
    --left;
    return true;
}

// Half of what the other side allows: clocks run differently, and frames bunch up on their way.
bool Discovery::ask(base::LinkId link, const base::PeerId& peer, const base::NodeId& target, bool looks_up,
                    base::Now now, Effects& out) {
    constexpr std::int64_t most = limits::find_burst / 2;
    if (!asked_.try_emplace(link, Budget{most, now.mono}).first->second.take(most, now.mono)) return false;
    const std::uint32_t number = next_question_++;
    questions_[{link, number}] = {peer, now.mono + limits::find_wait, looks_up};
    out.push_back(Send{link, encode(Find{number, target})});
    return true;
}

void Discovery::no_answer(const base::PeerId& peer) {
    lookup_waits_.erase(peer);
    if (!lookup_) return;
    lookup_->on_no_answer(peer);
    lookup_due_ = true;
}

void Discovery::on_find(base::LinkId link, const LinkState& state, const Find& find, Effects& out) {
    Contacts answer{find.number, {}};
    if (settings_.discover) answer.peers = table_.closest(find.target, limits::contacts_per_answer_max + 1);
    if (state.peer) std::erase(answer.peers, *state.peer);
    if (answer.peers.size() > limits::contacts_per_answer_max) answer.peers.pop_back();
    out.push_back(Send{link, encode(answer)});
}

bool Discovery::on_contacts(base::LinkId link, const Contacts& contacts, base::Now now, Effects& out) {
    const auto asked = questions_.find({link, contacts.number});
    if (asked == questions_.end()) return false;  // late, or never asked for: nobody listens
    const Question question = asked->second;
    questions_.erase(asked);
    for (const base::PeerId& peer : contacts.peers) hear_of(peer, question.peer, now, out);
    if (question.looks_up && lookup_) {
        lookup_->on_answer(question.peer, contacts.peers);
        lookup_due_ = true;
    }
    if (table_.contains(question.peer)) table_.on_proved(question.peer);
    const auto next = questions_.lower_bound({link, 0});
    return visits_.contains(link) && (next == questions_.end() || next->first.first != link);
}

// ---- the user's words ----------------------------------------------------------------------------

void Discovery::add_peer(const base::PeerId& peer, bool manual, base::Now now, Effects& out) {
    if (peer == self_) return;
    PeerState* const entry = enter(peer, now, out);
    if (!entry) return;
    PeerState& state = *entry;
    state.known.manual = state.known.manual || manual;
    state.next_try = base::MonoTime{};  // the user asked: at once
    paused_.erase(peer);
    if (manual) {
        state.known.banned_until = base::WallTime{};
        state.known.ban_reason.clear();
    }
    keep(state, out);
    wake(now);
    out.push_back(Notify{PeerChanged{peer}});
}

void Discovery::remove_peer(const base::PeerId& peer, base::Now now, Effects& out) {
    candidates_.erase(peer, out);
    dials_.erase(peer);
    if (peers_.erase(peer) == 0) return;
    table_.erase(peer);
    std::erase(anchors_, peer);
    no_answer(peer);
    out.push_back(DropPeer{peer});
    wake(now);
    out.push_back(Notify{PeerChanged{peer}});
}

void Discovery::ban_peer(const base::PeerId& peer, base::Seconds how_long, const std::string& reason,
                         base::Now now, Effects& out) {
    if (peer == self_) return;
    add_peer(peer, false, now, out);
    const auto known = peers_.find(peer);
    if (known == peers_.end()) return;
    known->second.known.manual = false;
    known->second.known.anchor = false;
    known->second.known.banned_until = now.wall + std::min(how_long, limits::ban_most);
    known->second.known.ban_reason = reason.substr(0, limits::ban_reason_bytes_max);
    dials_.erase(peer);
    table_.erase(peer);
    no_answer(peer);
    keep(known->second, out);
}

void Discovery::unban_peer(const base::PeerId& peer, base::Now now, Effects& out) {
    const auto known = peers_.find(peer);
    if (known == peers_.end()) return;
    known->second.known.banned_until = base::WallTime{};
    known->second.known.ban_reason.clear();
    known->second.next_try = base::MonoTime{};
    keep(known->second, out);
    wake(now);
    out.push_back(Notify{PeerChanged{peer}});
}

void Discovery::suggest(const base::PeerId& peer, base::Now now, Effects& out) {
    hear_of(peer, from_settings, now, out);
}

void Discovery::look_up(const base::NodeId& target) {
    if (wanted_lookups_.size() < limits::lookups_waiting_max) wanted_lookups_.push_back(target);
    lookup_due_ = true;
}

}  // namespace hearsay::core
